// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By the dynamic symbols of the files that are mapped. */
#include "user/io/process/preload.h"

#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE      "LD_PRELOAD="
#define LIBRARIES_MAX 256 /* of one process are looked at */

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool starts_with(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* Whose connect() is the system call. */
static bool is_c_library(const char *name)
{
	return starts_with(name, "libc.") || starts_with(name, "libc-") ||
	       starts_with(name, "libpthread") || starts_with(name, "ld-") ||
	       starts_with(name, "libsocket.");
}

static bool is_connect(Elf *elf, const GElf_Shdr *header, const GElf_Sym *symbol)
{
	const char *name = elf_strptr(elf, header->sh_link, symbol->st_name);

	return name && symbol->st_shndx != SHN_UNDEF && strcmp(name, "connect") == 0;
}

static bool section_defines_connect(Elf *elf, Elf_Scn *section)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!data || !gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM ||
	    !header.sh_entsize)
		return false;
	for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++)
		if (gelf_getsym(data, (int)i, &symbol) && is_connect(elf, &header, &symbol))
			return true;
	return false;
}

static bool file_defines_connect(const char *path)
{
	/* By now it may be anything */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat file;
	bool is_file = fd >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode);
	Elf *elf = is_file && elf_version(EV_CURRENT) != EV_NONE ? elf_begin(fd, ELF_C_READ, NULL)
								 : NULL;
	bool is_there = false;

	for (Elf_Scn *section = elf ? elf_nextscn(elf, NULL) : NULL; section && !is_there;
	     section = elf_nextscn(elf, section))
		is_there = section_defines_connect(elf, section);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return is_there;
}

/* "address perms offset device inode path"; a library has several lines, the code's first. */
static bool is_new_library(const char *path, char *before, size_t size)
{
	if (!strstr(file_name(path), ".so") || strcmp(path, before) == 0 ||
	    is_c_library(file_name(path)))
		return false;
	snprintf(before, size, "%s", path);
	return true;
}

char *preload_of_process(pid_t pid, char *text, size_t size)
{
	char path[64], line[PATH_MAX + 128], before[PATH_MAX] = "", file[PATH_MAX + 64];
	unsigned libraries = 0;
	bool is_found = false;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && !is_found && libraries < LIBRARIES_MAX && fgets(line, sizeof(line), maps)) {
		char *library = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (!library || !is_new_library(library, before, sizeof(before)))
			continue;
		libraries++;
		snprintf(file, sizeof(file), "/proc/%d/root%s", pid, library); /* as it sees it */
		is_found = file_defines_connect(file);
		if (is_found)
			snprintf(text, size, "%s", library);
	}
	if (maps)
		fclose(maps);
	return is_found ? text : NULL;
}

/* Programs that run another one with such a library. */
static bool is_wrapper(const char *name)
{
	static const char *const names[] = {"proxychains", "torsocks", "tsocks",   "torify",
					    "dsocks",	   "socksify", "mptcpize", "onload"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (starts_with(name, names[i]))
			return true;
	return false;
}

/*
 * The first of them that defines connect(), as LD_PRELOAD has them. One without a path the dynamic
 * linker looks for: then its name has to tell.
 */
static bool find_in_list(const char *list, char *text, size_t size)
{
	char copy[PATH_MAX], *rest = copy, *path;

	snprintf(copy, sizeof(copy), "%s", list);
	while ((path = strsep(&rest, ": "))) {
		bool is_library = strchr(path, '/') ? file_defines_connect(path)
						    : starts_with(path, "lib") &&
							      is_wrapper(path + strlen("lib"));

		if (!is_library)
			continue;
		snprintf(text, size, "%s", path);
		return true;
	}
	return false;
}

char *preload_of_command(char *const *argv, char *text, size_t size)
{
	const char *own = getenv("LD_PRELOAD");

	if (is_wrapper(file_name(argv[0]))) {
		snprintf(text, size, "%s", argv[0]);
		return text;
	}
	for (size_t i = 0; argv[i]; i++)
		if (starts_with(argv[i], VARIABLE) &&
		    find_in_list(argv[i] + strlen(VARIABLE), text, size))
			return text;
	return own && find_in_list(own, text, size) ? text : NULL;
}
