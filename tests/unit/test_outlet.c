/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A stream whose reader takes nothing: it waits as long as it may, and not longer. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "user/io/files/outlet.h"

#define PIPE_BYTES 4096
#define MUCH	   100000

struct reader {
	struct outlet outlet;
	FILE *stream;
	int pipe[2];
	unsigned asked;	     /* whether to go on waiting */
	unsigned patience;   /* so often it may */
	size_t reads_at_ask; /* what the reader takes then */
};

/* Each time it is asked. */
static bool may_wait(void *context)
{
	struct reader *r = context;
	char bytes[MUCH];

	if (r->reads_at_ask)
		cr_assert_gt(read(r->pipe[0], bytes, r->reads_at_ask), 0);
	return r->asked++ < r->patience;
}

static void begin(struct reader *r)
{
	cr_assert_eq(pipe(r->pipe), 0);
	fcntl(r->pipe[1], F_SETPIPE_SZ, PIPE_BYTES);
	r->outlet = (struct outlet){
		.fd = r->pipe[1], .wake_fd = eventfd(1, 0), .may_wait = may_wait, .context = r};
	r->stream = outlet_open(&r->outlet);
	cr_assert(r->stream);
}

static void write_much(struct reader *r)
{
	char bytes[MUCH];

	memset(bytes, 'x', sizeof(bytes));
	fwrite(bytes, 1, sizeof(bytes), r->stream);
}

Test(outlet, writes_what_is_taken)
{
	struct reader r = {0};
	char bytes[16] = "";

	begin(&r);
	fputs("some words", r.stream);
	cr_expect_eq(fflush(r.stream), 0);
	cr_expect_eq(read(r.pipe[0], bytes, sizeof(bytes)), strlen("some words"));
	cr_expect_str_eq(bytes, "some words");
	cr_expect_eq(fclose(r.stream), 0);
	cr_expect_eq(fcntl(r.pipe[1], F_GETFD), 0,
		     "the descriptor is the caller's, and stays open");
	cr_expect_not(fcntl(r.pipe[1], F_GETFL) & O_NONBLOCK,
		      "others who have it would not wait any more");
}

Test(outlet, waits_for_a_slow_reader_while_it_may)
{
	struct reader r = {.patience = 1000, .reads_at_ask = 1000};

	begin(&r);
	write_much(&r);
	cr_expect_eq(fflush(r.stream), 0, "%s", strerror(errno));
	cr_expect_not(ferror(r.stream));
	cr_expect_gt(r.asked, 10);
}

Test(outlet, gives_up_when_it_may_not_wait_any_longer)
{
	struct reader r = {.patience = 3};

	begin(&r);
	write_much(&r);
	cr_expect_eq(errno, ECANCELED);
	cr_expect(ferror(r.stream));
	cr_expect_eq(r.asked, 4);
	write_much(&r);
	cr_expect_eq(r.asked, 4, "it does not wait again");
	fclose(r.stream);
}

Test(outlet, says_that_nobody_reads_any_more)
{
	struct reader r = {0};

	signal(SIGPIPE, SIG_IGN);
	begin(&r);
	close(r.pipe[0]);
	fputs("words", r.stream);
	cr_expect_eq(fflush(r.stream), EOF);
	cr_expect_eq(errno, EPIPE);
}
