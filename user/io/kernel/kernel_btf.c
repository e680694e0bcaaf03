// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Walk the type section, where every type's length follows from its kind; or the strings. */
#include "user/io/kernel/kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

struct section {
	const uint8_t *at;
	size_t bytes;
};

/* What follows a type's struct btf_type; -1 for a kind that this does not know. */
static long tail_bytes(const struct btf_type *type)
{
	uint32_t count = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return (long)(count * sizeof(struct btf_member));
	case BTF_KIND_ENUM:
		return (long)(count * sizeof(struct btf_enum));
	case BTF_KIND_ENUM64:
		return (long)(count * sizeof(struct btf_enum64));
	case BTF_KIND_FUNC_PROTO:
		return (long)(count * sizeof(struct btf_param));
	case BTF_KIND_DATASEC:
		return (long)(count * sizeof(struct btf_var_secinfo));
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	}
	return -1;
}

static const char *string_at(struct section strings, uint32_t offset)
{
	return offset < strings.bytes ? (const char *)strings.at + offset : "";
}

static int take_values(const struct btf_type *type, struct section strings, kernel_btf_value take,
		       void *context)
{
	const struct btf_enum *values = (const struct btf_enum *)(type + 1);
	uint32_t count = BTF_INFO_VLEN(type->info);

	for (uint32_t i = 0; i < count; i++)
		take(context, string_at(strings, values[i].name_off), values[i].val);
	return (int)count;
}

static int find_sections(const uint8_t *btf, size_t bytes, struct section *ret_types,
			 struct section *ret_strings)
{
	const struct btf_header *header = (const struct btf_header *)btf;
	size_t types, strings;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC)
		return -EBADMSG;
	types = (size_t)header->hdr_len + header->type_off;
	strings = (size_t)header->hdr_len + header->str_off;
	if (types > bytes || header->type_len > bytes - types || strings > bytes ||
	    header->str_len > bytes - strings || !header->str_len ||
	    btf[strings + header->str_len - 1] != '\0' || types % 4)
		return -EBADMSG;
	*ret_types = (struct section){btf + types, header->type_len};
	*ret_strings = (struct section){btf + strings, header->str_len};
	return 0;
}

int kernel_btf_read_enum(const void *btf, size_t bytes, const char *name, kernel_btf_value take,
			 void *context)
{
	struct section types, strings;
	int result = find_sections(btf, bytes, &types, &strings);

	if (result < 0)
		return result;
	while (types.bytes >= sizeof(struct btf_type)) {
		const struct btf_type *type = (const struct btf_type *)types.at;
		long tail = tail_bytes(type);
		size_t length = sizeof(*type) + (size_t)tail;

		if (tail < 0 || length > types.bytes)
			return -EBADMSG;
		if (BTF_INFO_KIND(type->info) == BTF_KIND_ENUM && BTF_INFO_VLEN(type->info) &&
		    !strcmp(string_at(strings, type->name_off), name))
			return take_values(type, strings, take, context);
		types.at += length;
		types.bytes -= length;
	}
	return 0;
}

bool kernel_btf_read_name(const void *btf, size_t bytes, const char *name)
{
	struct section types, strings;
	size_t length = strlen(name) + 1;
	const uint8_t *found;

	if (find_sections(btf, bytes, &types, &strings) < 0)
		return false;
	while ((found = memmem(strings.at, strings.bytes, name, length))) {
		if (found == strings.at || found[-1] == '\0') /* else the end of another one */
			return true;
		strings.bytes -= (size_t)(found + 1 - strings.at);
		strings.at = found + 1;
	}
	return false;
}

/* Mapping it is allowed from 6.16 on; before, it is read page by page. */
static uint8_t *read_whole(int fd, size_t bytes)
{
	uint8_t *copy = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	size_t used = 0;

	if (copy != MAP_FAILED)
		return copy;
	copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	while (copy != MAP_FAILED && used < bytes) {
		ssize_t count = read(fd, copy + used, bytes - used);

		if (count <= 0)
			break;
		used += (size_t)count;
	}
	return copy == MAP_FAILED ? NULL : copy;
}

int kernel_btf_enum(const char *name, kernel_btf_value take, void *context)
{
	int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC);
	struct stat status;
	uint8_t *btf;
	int result;

	if (fd < 0)
		return -errno;
	btf = fstat(fd, &status) == 0 ? read_whole(fd, (size_t)status.st_size) : NULL;
	result = btf ? kernel_btf_read_enum(btf, (size_t)status.st_size, name, take, context)
		     : -errno;
	if (btf)
		munmap(btf, (size_t)status.st_size);
	close(fd);
	return result;
}

/*
 * A page at a time, as the kernel gives it: 5 MB of fresh memory would take longer than all the
 * rest.
 */
bool kernel_btf_find_name(int fd, const char *name)
{
	char buffer[4096 + KERNEL_BTF_NAME_MAX], wanted[KERNEL_BTF_NAME_MAX + 1];
	size_t length = (size_t)snprintf(wanted + 1, sizeof(wanted) - 1, "%s", name) + 2, kept = 0;
	struct btf_header header;
	ssize_t count;
	off_t at;

	/* Every string but the first one, which is empty, has the end of another one before it */
	wanted[0] = '\0';
	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) || header.magic != BTF_MAGIC)
		return false;
	at = (off_t)header.hdr_len + header.str_off;
	while ((count = pread(fd, buffer + kept, sizeof(buffer) - kept, at)) > 0) {
		if (memmem(buffer, kept + (size_t)count, wanted, length))
			return true;
		at += count;
		count += (ssize_t)kept;
		kept = (size_t)count < length ? (size_t)count : length;
		memmove(buffer, buffer + (size_t)count - kept, kept);
	}
	return false;
}

bool kernel_btf_has_name(const char *name)
{
	int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *btf;
	bool is_there;

	if (fd < 0)
		return false;
	btf = fstat(fd, &status) == 0
		      ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
		      : MAP_FAILED;
	is_there = btf != MAP_FAILED ? kernel_btf_read_name(btf, (size_t)status.st_size, name)
				     : kernel_btf_find_name(fd, name);
	if (btf != MAP_FAILED)
		munmap(btf, (size_t)status.st_size);
	close(fd);
	return is_there;
}
