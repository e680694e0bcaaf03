/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets from a file, one a line, as a stream. */
#include "user/io/files/target_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/base/utf8.h"
#include "user/core/target/target_line.h"
#include "user/io/files/line_reader.h"
#include "user/io/files/spool.h"

#define NAME_SHOWN_MAX 160 /* a path may be longer than a sentence */
#define COMPLAINTS_MAX 20
#define DOTS	       "..."

_Static_assert(TARGET_LINE_MAX == LINE_READER_MAX, "both headers promise the same");

struct target_file {
	struct target_file_config config;
	char name[NAME_SHOWN_MAX + 1];
	off_t start;   /* of a regular file: standard input need not stand at its begin */
	uint64_t line; /* how many have been taken */
	int failure;   /* a negative errno after TARGET_FILE_FAILED */
	struct line_reader reader;
};

/* The end of a long path tells more than its begin. */
static void name_set(struct target_file *file, const char *path)
{
	size_t length = strlen(path);

	if (length <= NAME_SHOWN_MAX) {
		memcpy(file->name, path, length + 1);
		return;
	}
	path += length - (NAME_SHOWN_MAX - strlen(DOTS));
	while (utf8_is_continuation(*path))
		path++; /* not in the middle of a UTF-8 character */
	snprintf(file->name, sizeof(file->name), DOTS "%s", path);
}

static const char *open_advice(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return "check the path";
	case EACCES:
		return "check who may read it";
	case EBADF:
		return "redirect it from a file or a pipe";
	}
	return "give a file with one target a line, or - for standard input";
}

/* Returns a descriptor of our own, or -1 and errno. */
static int input_open(const char *path)
{
	int flags;

	if (strcmp(path, "-") != 0)
		return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	flags = fcntl(STDIN_FILENO, F_GETFL);
	if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY) {
		errno = EBADF;
		return -1;
	}
	return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
}

static int file_init(struct target_file *file, const char *path, struct error *ret_error)
{
	struct stat status = {0};
	int fd = input_open(path);

	name_set(file, strcmp(path, "-") == 0 ? "standard input" : path);
	line_reader_init(&file->reader, fd, false);
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set(ret_error, -errno, "cannot read targets from %s: %s; %s",
				 file->name, strerror(errno), open_advice(errno));
	if (S_ISDIR(status.st_mode))
		return error_set(ret_error, -EISDIR,
				 "cannot read targets from %s: it is a directory; %s", file->name,
				 open_advice(EISDIR));
	file->reader.is_regular = S_ISREG(status.st_mode);
	file->start = file->reader.is_regular ? lseek(fd, 0, SEEK_CUR) : 0;
	return 0;
}

struct target_file *target_file_open(const char *path, const struct target_file_config *config,
				     struct error *ret_error)
{
	struct target_file *file = malloc(sizeof(*file));

	if (!file) {
		error_set(ret_error, -ENOMEM, "there is no memory to read targets from a file");
		return NULL;
	}
	file->config = *config;
	file->line = 0;
	file->failure = 0;
	if (file_init(file, path, ret_error) < 0) {
		target_file_close(file);
		return NULL;
	}
	return file;
}

void target_file_close(struct target_file *file)
{
	if (!file)
		return;
	if (file->reader.fd >= 0)
		close(file->reader.fd);
	if (file->reader.copy_fd >= 0)
		close(file->reader.copy_fd);
	free(file);
}

static enum target_file_result fail(struct target_file *file, int result, struct error *ret_error)
{
	file->failure = error_prefix(ret_error, result, "cannot read targets from %s", file->name);
	return TARGET_FILE_FAILED;
}

static enum target_file_result line_is_bad(const struct target_file *file, struct error *ret_error)
{
	error_prefix(ret_error, 0, "%s:%" PRIu64, file->name, file->line);
	return TARGET_FILE_BAD;
}

/* Returns as host_parse_line(). */
static int line_judge(const struct target_file *file, const char *line, size_t length,
		      struct host *ret_host, struct error *ret_error)
{
	const struct target_file_config *config = &file->config;
	struct host host;
	int result = host_parse_line(line, length, config->ports, config->lookup, &host, ret_error);

	if (result <= 0)
		return result;
	if (config->judge && config->judge(config->context, &host, ret_error) < 0) {
		host_release(&host);
		return -EINVAL;
	}
	*ret_host = host;
	return 1;
}

enum target_file_result target_file_next(struct target_file *file, struct host *ret_host,
					 struct error *ret_error)
{
	for (;;) {
		const char *line = NULL;
		size_t length = 0;
		int result = line_reader_next(&file->reader, &line, &length, ret_error);

		if (result == 0)
			return TARGET_FILE_END;
		if (result == -EAGAIN)
			return TARGET_FILE_LATER;
		if (result < 0 && result != -EMSGSIZE)
			return fail(file, result, ret_error);
		file->line++;
		if (result == -EMSGSIZE)
			error_set(ret_error, result,
				  "the line has more than %d bytes; give one target a line",
				  TARGET_LINE_MAX);
		else
			result = line_judge(file, line, length, ret_host, ret_error);
		if (result == -ENOMEM)
			return fail(file, result, ret_error);
		if (result != 0)
			return result < 0 ? line_is_bad(file, ret_error) : TARGET_FILE_HOST;
	}
}

const char *target_file_name(const struct target_file *file)
{
	return file->name;
}

int target_file_fd(const struct target_file *file)
{
	return file->reader.fd;
}

static int input_wait(const struct target_file *file, struct error *ret_error)
{
	struct pollfd poll_fd = {.fd = file->reader.fd, .events = POLLIN};

	if (poll(&poll_fd, 1, -1) < 0)
		return error_set(ret_error, -errno, "cannot wait for targets from %s: %s",
				 file->name, strerror(errno));
	return 0;
}

struct tally {
	struct target_tally good;
	int64_t bad;
};

static int all_read(struct target_file *file, target_file_complain complain,
		    struct tally *ret_tally, struct error *ret_error)
{
	struct tally tally = {0};
	struct error why = {""};
	int result = 0;

	while (result == 0) {
		struct host host;

		switch (target_file_next(file, &host, &why)) {
		case TARGET_FILE_HOST:
			if (__builtin_add_overflow(tally.good.targets, host_target_count(&host),
						   &tally.good.targets))
				tally.good.targets = UINT64_MAX;
			tally.good.has_network |= host.free_bits > 0;
			host_release(&host);
			break;
		case TARGET_FILE_BAD:
			if (tally.bad++ < COMPLAINTS_MAX)
				complain(why.text);
			break;
		case TARGET_FILE_LATER:
			result = input_wait(file, ret_error);
			break;
		case TARGET_FILE_FAILED:
			return error_set(ret_error, file->failure, "%s", why.text);
		case TARGET_FILE_END:
			*ret_tally = tally;
			return 0;
		}
	}
	return result;
}

/* From the copy, when there is one. */
static int start_over(struct target_file *file, struct error *ret_error)
{
	struct line_reader *reader = &file->reader;
	int fd = reader->fd;

	if (reader->copy_fd >= 0) {
		close(fd);
		fd = reader->copy_fd;
	}
	line_reader_init(reader, fd, true);
	file->line = 0;
	if (lseek(fd, file->start, SEEK_SET) < 0)
		return error_set(ret_error, -errno,
				 "cannot read %s a second time: %s; give a file or a pipe",
				 file->name, strerror(errno));
	return 0;
}

static void complain_of_rest(target_file_complain complain, int64_t bad)
{
	char text[64];

	if (bad <= COMPLAINTS_MAX)
		return;
	snprintf(text, sizeof(text), "... and %" PRId64 " more bad line%s", bad - COMPLAINTS_MAX,
		 bad - COMPLAINTS_MAX == 1 ? "" : "s");
	complain(text);
}

int64_t target_file_check(struct target_file *file, target_file_complain complain,
			  struct target_tally *ret_tally, struct error *ret_error)
{
	struct tally tally = {0};
	int result;

	assert(file->line == 0 && file->reader.end == 0);
	if (!file->reader.is_regular) {
		result = spool_open(ret_error);
		if (result < 0)
			return error_prefix(ret_error, result,
					    "cannot check %s before its targets are probed",
					    file->name);
		file->reader.copy_fd = result;
	}
	result = all_read(file, complain, &tally, ret_error);
	if (result == 0)
		result = start_over(file, ret_error);
	if (result < 0)
		return result;
	complain_of_rest(complain, tally.bad);
	*ret_tally = tally.good;
	return tally.bad;
}
