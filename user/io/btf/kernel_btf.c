// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Walk the type section, where every type's length follows from its kind. */
#include "user/io/btf/kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

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

size_t kernel_btf_type_bytes(const struct btf_type *type, size_t left)
{
	long tail = left < sizeof(*type) ? -1 : tail_bytes(type);
	size_t bytes = sizeof(*type) + (size_t)tail;

	return tail < 0 || bytes > left ? 0 : bytes;
}

const char *kernel_btf_string(const struct kernel_btf *btf, uint32_t offset)
{
	return offset < btf->string_bytes ? btf->strings + offset : "";
}

int kernel_btf_sections(const void *blob, size_t bytes, struct kernel_btf *ret_btf)
{
	const struct btf_header *header = blob;
	size_t types, strings;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC)
		return -EBADMSG;
	types = (size_t)header->hdr_len + header->type_off;
	strings = (size_t)header->hdr_len + header->str_off;
	if (types > bytes || header->type_len > bytes - types || strings > bytes ||
	    header->str_len > bytes - strings || !header->str_len ||
	    ((const char *)blob)[strings + header->str_len - 1] != '\0' || types % 4)
		return -EBADMSG;
	*ret_btf = (struct kernel_btf){.types = (const uint8_t *)blob + types,
				       .type_bytes = header->type_len,
				       .strings = (const char *)blob + strings,
				       .string_bytes = header->str_len};
	return 0;
}

static int take_values(const struct kernel_btf *btf, const struct btf_type *type,
		       kernel_btf_value take, void *context)
{
	const struct btf_enum *values = (const struct btf_enum *)(type + 1);
	uint32_t count = BTF_INFO_VLEN(type->info);

	for (uint32_t i = 0; i < count; i++)
		take(context, kernel_btf_string(btf, values[i].name_off), values[i].val);
	return (int)count;
}

static int read_enum(const struct kernel_btf *btf, const char *name, kernel_btf_value take,
		     void *context)
{
	size_t at = 0, bytes;

	for (; btf->type_bytes - at >= sizeof(struct btf_type); at += bytes) {
		const struct btf_type *type = (const struct btf_type *)(btf->types + at);

		bytes = kernel_btf_type_bytes(type, btf->type_bytes - at);
		if (!bytes)
			return -EBADMSG;
		if (BTF_INFO_KIND(type->info) == BTF_KIND_ENUM && BTF_INFO_VLEN(type->info) &&
		    !strcmp(kernel_btf_string(btf, type->name_off), name))
			return take_values(btf, type, take, context);
	}
	return 0;
}

int kernel_btf_read_enum(const void *blob, size_t bytes, const char *name, kernel_btf_value take,
			 void *context)
{
	struct kernel_btf btf;
	int result = kernel_btf_sections(blob, bytes, &btf);

	return result < 0 ? result : read_enum(&btf, name, take, context);
}

/*
 * Mapping it is allowed from 6.16 on; before, it is read page by page, into pages that are there:
 * each fault would take longer than the reading.
 */
static void *map_whole(int fd, size_t bytes)
{
	uint8_t *copy = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	size_t used = 0;

	if (copy != MAP_FAILED)
		return copy;
	copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		    -1, 0);
	while (copy != MAP_FAILED && used < bytes) {
		ssize_t count = read(fd, copy + used, bytes - used);

		if (count <= 0)
			break;
		used += (size_t)count;
	}
	return copy == MAP_FAILED ? NULL : copy;
}

static int open_mapped(void *map, size_t bytes, struct kernel_btf *ret_btf)
{
	int result = kernel_btf_sections(map, bytes, ret_btf);

	if (result < 0) {
		munmap(map, bytes);
		return result;
	}
	ret_btf->map = map;
	ret_btf->map_bytes = bytes;
	return 0;
}

int kernel_btf_open(struct kernel_btf *ret_btf)
{
	int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC), result;
	struct stat status;
	void *map;

	if (fd < 0)
		return -errno;
	map = fstat(fd, &status) == 0 ? map_whole(fd, (size_t)status.st_size) : NULL;
	result = map ? open_mapped(map, (size_t)status.st_size, ret_btf) : -errno;
	close(fd);
	return result;
}

void kernel_btf_close(struct kernel_btf *btf)
{
	if (btf->map)
		munmap(btf->map, btf->map_bytes);
}

int kernel_btf_enum(const char *name, kernel_btf_value take, void *context)
{
	struct kernel_btf btf;
	int result = kernel_btf_open(&btf);

	if (result < 0)
		return result;
	result = read_enum(&btf, name, take, context);
	kernel_btf_close(&btf);
	return result;
}
