// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lines of all lanes to one output, whole. */
#include "user/app/lane/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/lane/record.h"
#include "user/app/say.h"
#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"
#include "user/io/files/outlet.h"
#include "user/render/line.h"
#include "user/render/text/live.h"

#define FLUSH_BYTES 65536 /* so much text waits for nothing */

static void set_style(struct output *output, const struct options *options)
{
	output->renderer = options->format->renderer;
	output->style = terminal_style(output->file);
	output->style.is_quiet = options->is_quiet;
	output->style.is_explaining = options->is_explaining || output->style.columns > 0;
	output->style.verbosity = options->verbosity;
	output->style.timestamp = options->timestamp;
	output->style.has_histogram = options->has_histogram;
}

int output_open(struct output *output, const struct options *options, FILE *standard,
		struct error *error)
{
	const char *path = options->output_path;

	pthread_mutex_init(&output->lock, NULL);
	output->path = path;
	output->record_path = options->record_path;
	output->file = output->out = path ? outlet_open_file(path) : standard;
	if (!output->file)
		return error_set(error, -errno, "cannot write to %s (-o): %s", path,
				 strerror(errno));
	set_style(output, options);
	if (options->trace_path)
		output->trace = fopen(options->trace_path, "we");
	if (options->trace_path && !output->trace)
		return error_set(error, -errno, "cannot write the trace to %s: %s",
				 options->trace_path, strerror(errno));
	output->recorder = options->record_path ? record_open(options, error) : NULL;
	return options->record_path && !output->recorder ? -EINVAL : 0;
}

void output_close(struct output *output)
{
	if (output->trace)
		fclose(output->trace);
	recorder_free(output->recorder);
	if (output->path && output->file)
		fclose(output->file);
	pthread_mutex_destroy(&output->lock);
}

FILE *output_lock(struct output *output)
{
	pthread_mutex_lock(&output->lock);
	if (output->has_live_line)
		live_clear(output->out);
	output->has_live_line = false;
	return output->out;
}

/* The stream itself only remembers that a write failed. */
void output_unlock(struct output *output)
{
	if ((fflush(output->out) != 0 || ferror(output->out)) && !output->error)
		__atomic_store_n(&output->error, errno ? errno : EIO, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&output->lock);
}

bool output_has_failed(const struct output *output)
{
	return __atomic_load_n(&output->error, __ATOMIC_ACQUIRE);
}

static bool is_recording_lost(const struct output *output)
{
	struct error error;

	if (record_flush(output->recorder, output->record_path, &error) == 0)
		return false;
	say("%s", error.text);
	return true;
}

bool output_is_lost(const struct output *output)
{
	bool is_lost = is_recording_lost(output);

	if (!output->error || output->error == EPIPE || output->error == ECANCELED)
		return is_lost;
	say("cannot write the output%s%s: %s", output->path ? " to " : "",
	    output->path ? output->path : "", strerror(output->error));
	return true;
}

static bool is_full(const struct outbox *outbox)
{
	return outbox->stream && ftello(outbox->stream) >= FLUSH_BYTES;
}

FILE *outbox_stream(struct outbox *outbox)
{
	if (is_full(outbox))
		outbox_flush(outbox);
	if (outbox->stream)
		return outbox->stream;
	outbox->stream = must(open_memstream(&outbox->text, &outbox->bytes));
	outbox->flush_ns = outbox->delay_ns ? clock_now_ns() + outbox->delay_ns : 0;
	return outbox->stream;
}

static void write_text(const struct output *output, const char *text, size_t bytes)
{
	while (bytes) {
		const char *end = output->is_by_line ? memchr(text, '\n', bytes) : NULL;
		size_t part = end ? (size_t)(end - text) + 1 : bytes;

		fwrite(text, 1, part, output->out);
		text += part;
		bytes -= part;
	}
}

void outbox_flush(struct outbox *outbox)
{
	if (!outbox->stream)
		return;
	fclose(outbox->stream);
	output_lock(outbox->output);
	write_text(outbox->output, outbox->text, outbox->bytes);
	output_unlock(outbox->output);
	free(outbox->text);
	outbox->stream = NULL;
	outbox->text = NULL;
}

void outbox_flush_if_due(struct outbox *outbox, uint64_t now_ns)
{
	if (now_ns >= outbox_due_ns(outbox) || is_full(outbox))
		outbox_flush(outbox);
}

uint64_t outbox_due_ns(const struct outbox *outbox)
{
	return outbox->stream ? outbox->flush_ns : UINT64_MAX;
}

void outbox_say(struct outbox *outbox, const char *format, ...)
{
	char sentence[LINE_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	outbox_flush(outbox);
	output_lock(outbox->output);
	say_as("ktcping", sentence);
	output_unlock(outbox->output);
}
