// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bytes gathered for a stream. */
#include "user/render/writer.h"

#include "user/base/digits.h"
#include "user/render/timestamp.h"

void writer_init(struct writer *writer, FILE *out)
{
	writer->out = out;
	writer->used = 0;
}

void writer_flush(struct writer *writer)
{
	fwrite(writer->bytes, 1, writer->used, writer->out);
	writer->used = 0;
}

void writer_bytes(struct writer *writer, const char *bytes, size_t count)
{
	while (count > 0) {
		char *room = writer_room(writer, 1);
		size_t free = WRITER_BYTES - writer->used, piece = count < free ? count : free;

		memcpy(room, bytes, piece);
		writer->used += piece;
		bytes += piece;
		count -= piece;
	}
}

void writer_integer(struct writer *writer, uint64_t number)
{
	writer_wrote(writer, digits_put(writer_room(writer, DIGITS_MAX), number, 1));
}

/* Negated as unsigned: the least of all has no positive. */
void writer_signed(struct writer *writer, int64_t number)
{
	if (number < 0)
		writer_byte(writer, '-');
	writer_integer(writer, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void writer_microseconds(struct writer *writer, uint64_t time_ns)
{
	writer_wrote(writer, digits_put_thousandths(writer_room(writer, DIGITS_MAX), time_ns));
}

void writer_time(struct writer *writer, uint64_t wall_ns)
{
	char *room = writer_room(writer, TIMESTAMP_MAX);

	writer_wrote(writer, room + strlen(timestamp_format_utc(wall_ns, 9, room)));
}
