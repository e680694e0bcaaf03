/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Other programs that say how long a SYN's answer took. */
#include "tests/bench/lib/rtt_tools.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/bench/lib/tool.h"
#include "user/base/error.h"

#define PROBES		 "40"  /* of those that make more than one */
#define HPING_FIRST	 20000 /* the source port of its first SYN; the others follow */
#define HPING_FIRST_TEXT "20000"
#define GRACE_MS	 3000

static const char *const names[RTT_TOOLS] = {
	[RTT_NMAP_CONNECT] = "nmap -sT",
	[RTT_NMAP_SYN] = "nmap -sS",
	[RTT_HPING3] = "hping3 -S",
	[RTT_MTR] = "mtr --tcp",
};

const char *rtt_tool_name(enum rtt_tool tool)
{
	return names[tool];
}

bool rtt_tool_is_installed(enum rtt_tool tool)
{
	char program[16];

	snprintf(program, sizeof(program), "%.*s", (int)strcspn(names[tool], " "), names[tool]);
	return tool_is_installed(program);
}

static int64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static size_t measure_nmap(struct lab *lab, const char *kind, const char *port, unsigned time_ms,
			   struct rtt_sample *samples)
{
	const char *const argv[] = {"nmap", "-n",  "-Pn", kind,	     "-p",
				    port,   "-oX", "-",	  LAB_PEER4, NULL};
	int64_t deadline_ns = wall_ns() + time_ms * 1000000ll;
	struct error error;
	size_t count = 0;

	while (count < RTT_SAMPLES_MAX && wall_ns() < deadline_ns) {
		struct rtt_sample *sample = &samples[count];
		struct tool_run run;

		*sample = (struct rtt_sample){.began_ns = wall_ns()};
		if (tool_measure(lab, -1, argv, time_ms + GRACE_MS, &run, &error) < 0)
			break;
		sample->ended_ns = wall_ns();
		sample->rtt_us = tool_number_after(run.result.output.bytes, "<times srtt=\"");
		count += sample->rtt_us > 0;
		tool_run_release(&run);
	}
	return count;
}

/* Each line of the output, to a reader that says whether it was a sample. */
static size_t read_lines(const char *text,
			 bool (*read)(const char *line, struct rtt_sample *sample),
			 struct rtt_sample *samples)
{
	size_t count = 0;

	for (; *text && count < RTT_SAMPLES_MAX; text += strcspn(text, "\n"), text += *text == '\n')
		count += read(text, &samples[count]);
	return count;
}

static bool read_hping3(const char *line, struct rtt_sample *sample)
{
	unsigned number;
	double rtt_ms;

	if (sscanf(line,
		   "len=%*d ip=%*s ttl=%*d %*s id=%*d sport=%*d flags=SA seq=%u win=%*d rtt=%lf ms",
		   &number, &rtt_ms) != 2)
		return false;
	*sample = (struct rtt_sample){.client_port = (uint16_t)(HPING_FIRST + number),
				      .rtt_us = rtt_ms * 1e3};
	return true;
}

/* Its sequence numbers are the source ports. */
static bool read_mtr(const char *line, struct rtt_sample *sample)
{
	unsigned rtt_us, client_port;

	if (sscanf(line, "p 0 %u %u", &rtt_us, &client_port) != 2)
		return false;
	*sample = (struct rtt_sample){.client_port = (uint16_t)client_port, .rtt_us = rtt_us};
	return true;
}

static size_t measure_series(struct lab *lab, const char *const *argv, unsigned time_ms,
			     bool (*read)(const char *line, struct rtt_sample *sample),
			     struct rtt_sample *samples)
{
	struct error error;
	struct tool_run run;
	size_t count;

	if (tool_measure(lab, -1, argv, time_ms + GRACE_MS, &run, &error) < 0)
		return 0;
	count = read_lines(run.result.output.bytes, read, samples);
	tool_run_release(&run);
	return count;
}

size_t rtt_tool_measure(struct lab *lab, enum rtt_tool tool, uint16_t port, unsigned time_ms,
			struct rtt_sample *ret_samples)
{
	char port_text[8];

	snprintf(port_text, sizeof(port_text), "%u", port);

	const char *const hping3[] = {
		"hping3", "-S",	  "-n", "-p",	  port_text, "-s", HPING_FIRST_TEXT,
		"-c",	  PROBES, "-i", "u50000", LAB_PEER4, NULL};
	const char *const mtr[] = {"mtr", "--tcp", "-n", "-P",	port_text, "--raw",
				   "-f",  "1",	   "-m", "1",	"-c",	   PROBES,
				   "-i",  "0.05",  "-G", "0.2", LAB_PEER4, NULL};

	switch (tool) {
	case RTT_NMAP_CONNECT:
		return measure_nmap(lab, "-sT", port_text, time_ms, ret_samples);
	case RTT_NMAP_SYN:
		return measure_nmap(lab, "-sS", port_text, time_ms, ret_samples);
	case RTT_HPING3:
		return measure_series(lab, hping3, time_ms, read_hping3, ret_samples);
	case RTT_MTR:
		return measure_series(lab, mtr, time_ms, read_mtr, ret_samples);
	case RTT_TOOLS:
		break;
	}
	return 0;
}
