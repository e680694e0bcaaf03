/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The naive tool alone, what the kernel shows meanwhile, and the tool under `ktcping watch'. */
#include "tests/demo/mystery.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/lab/lab.h"
#include "user/base/error.h"

#define TIMEOUT_MS 20000
#define PORT	   443
#define PORT_TEXT  "443"
#define RULES                                                                                      \
	"table inet zone {\n chain input {\n type filter hook input priority 0\n tcp dport 443 "   \
	"drop\n }\n}\n"
#define TOOL	  ".output/liars/naive-tcping"
#define TOOL_ONCE TOOL, "-c", "1", "-i", "3.5", LAB_SERVER4, PORT_TEXT

/* Returns 0 when it ran and ended by itself. */
static int run(struct lab *lab, const char *const *argv, struct command_result *ret_result,
	       struct error *ret_error)
{
	int result = lab_run(lab, LAB_CLIENT, argv, TIMEOUT_MS, ret_result, ret_error);

	if (result < 0 || !ret_result->has_timed_out)
		return result;
	command_result_release(ret_result);
	return error_set(ret_error, -ETIMEDOUT, "%s did not end", argv[0]);
}

static void print_command(FILE *out, const struct style *style, const char *command)
{
	fprintf(out, "    %s$ %s%s\n", style->command, command, style->end);
}

static void print_lines(FILE *out, const char *before, const char *text, const char *after)
{
	for (const char *line = text, *end; *line; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		if (end == line)
			fputc('\n', out);
		else
			fprintf(out, "     %s%.*s%s\n", before, (int)(end - line), line, after);
	}
}

/* What it prints, and the socket that it holds at that moment. */
static int show_alone(FILE *out, const struct style *style, struct lab *lab,
		      struct error *ret_error)
{
	const char *const look[] = {
		"sh", "-c",	 "\"$@\" & sleep 1; ss -Hatn dst " LAB_SERVER4 "; kill $!",
		"sh", TOOL_ONCE, NULL};
	struct command_result result;
	int status = run(lab, look, &result, ret_error);

	if (status < 0)
		return status;
	print_command(out, style,
		      "naive-tcping -c 1 " LAB_SERVER4 " " PORT_TEXT
		      "    # and beside it: ss -atn dst " LAB_SERVER4);
	print_lines(out, style->plain, result.output.bytes, style->end);
	command_result_release(&result);
	return 0;
}

/* Without a terminal, so that it is plain text, as it would be pasted into a ticket. */
static int show_watched(FILE *out, const struct style *style, struct lab *lab,
			struct error *ret_error)
{
	const char *const argv[] = {"./ktcping", "watch", "--", TOOL_ONCE, NULL};
	struct command_result result;
	int status = run(lab, argv, &result, ret_error);

	if (status < 0)
		return status;
	print_command(out, style, "ktcping watch -- naive-tcping -c 1 " LAB_SERVER4 " " PORT_TEXT);
	print_lines(out, style->plain, result.output.bytes, style->end);
	print_lines(out, style->answer, result.errors.bytes, style->end);
	status = strstr(result.errors.bytes, "filtered")
			 ? 0
			 : error_set(ret_error, -EIO, "ktcping has seen nothing; status %d",
				     result.status);
	command_result_release(&result);
	return status;
}

int mystery_show(FILE *out, const struct style *style, size_t number)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result =
		lab ? lab_listen(lab, LAB_SERVER, AF_INET, PORT, 16, LISTENER_READS, &error) : -1;

	fprintf(out,
		"\n%s%2zu. The case that it began with: the server's zone drops the SYNs, and a "
		"tcping says that the port is open.%s\n",
		style->title, number + 1, style->end);
	if (result == 0)
		result = lab_nft(lab, LAB_SERVER, RULES, &error);
	if (result == 0)
		result = show_alone(out, style, lab, &error);
	if (result == 0)
		result = show_watched(out, style, lab, &error);
	if (result < 0)
		fprintf(out, "     cannot be shown: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
