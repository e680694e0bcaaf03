/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What comes with the program: the man page says what --help says, the completion completes, and
 * what is installed can be removed. No lab, no root.
 */
#include "tests/scenarios/cli.h"

#include <stdlib.h>
#include <string.h>

#include "user/app/options/version.h"

#define ENTRIES_MAX 100
#define ENTRY_BYTES 512
#define HELP_COLUMN 29 /* where argp begins its descriptions */
#define PAGE	    ".output/share/ktcping.8"

/* "-c, --count=N: probes a target", as --help and the page both can be read. */
struct entries {
	char texts[ENTRIES_MAX][ENTRY_BYTES];
	size_t count;
};

/* In the root of the tree, whose make is run without what an outer make has told this process. */
static struct command_result shell(const char *line)
{
	char script[4096];

	snprintf(script, sizeof(script),
		 "unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES; cd \"${KTCPING_ROOT:-.}\" && %s",
		 line);
	return cli_run(NULL, (const char *const[]){"bash", "-c", script, cli_program(), NULL});
}

static void entry_append(struct entries *entries, const char *text, size_t length)
{
	char *entry = entries->texts[entries->count - 1];

	snprintf(entry + strlen(entry), ENTRY_BYTES - strlen(entry), "%.*s", (int)length, text);
}

static void entry_begin(struct entries *entries)
{
	cr_assert_lt(entries->count, ENTRIES_MAX);
	entries->texts[entries->count++][0] = '\0';
}

/*
 * The names end with two spaces, or with the line; what follows, and lines that begin in the
 * column, is the description.
 */
static void help_line_read(struct entries *entries, const char *line, size_t length,
			   bool *is_within)
{
	size_t indent = strspn(line, " ");
	bool is_option = indent < HELP_COLUMN && line[indent] == '-';

	if (is_option) {
		const char *end = strstr(line + indent, "  ");
		size_t names = end && end < line + length ? (size_t)(end - line) - indent
							  : length - indent;

		entry_begin(entries);
		entry_append(entries, line + indent, names);
		entry_append(entries, ":", 1);
		line += indent + names;
		length -= indent + names;
		indent = strspn(line, " ");
	}
	*is_within = is_option || (*is_within && indent == HELP_COLUMN);
	if (!*is_within || length <= indent)
		return;
	entry_append(entries, " ", 1);
	entry_append(entries, line + indent, length - indent);
}

static void help_read(const char *help, struct entries *ret_entries)
{
	bool is_within = false;

	ret_entries->count = 0;
	for (const char *end; *help; help = end + 1) {
		end = strchr(help, '\n');
		cr_assert(end);
		help_line_read(ret_entries, help, (size_t)(end - help), &is_within);
	}
}

/* Text without roff's escapes. */
static void roff_append(struct entries *entries, const char *line, size_t length)
{
	static const struct {
		const char *escape;
		const char *plain;
	} escapes[] = {{"\\fB", ""}, {"\\fI", ""},   {"\\fP", ""},   {"\\-", "-"},
		       {"\\&", ""},  {"\\(aq", "'"}, {"\\(ga", "`"}, {"\\(ha", "^"}};
	const char *end = line + length;

	while (line < end) {
		size_t i = 0, count = sizeof(escapes) / sizeof(escapes[0]);

		while (i < count &&
		       strncmp(line, escapes[i].escape, strlen(escapes[i].escape)) != 0)
			i++;
		if (i < count) {
			entry_append(entries, escapes[i].plain, strlen(escapes[i].plain));
			line += strlen(escapes[i].escape);
		} else {
			entry_append(entries, line++, 1);
		}
	}
}

/* Of the section OPTIONS: after .TP the names, then the description. */
static void page_read(const char *page, struct entries *ret_entries)
{
	const char *line = strstr(page, ".SH OPTIONS\n"), *section_end;
	unsigned since_entry = 0;

	cr_assert(line);
	section_end = strstr(line + 1, "\n.SH ");
	cr_assert(section_end);
	ret_entries->count = 0;
	for (const char *end; line < section_end; line = end + 1) {
		end = strchr(line, '\n');
		if (!strncmp(line, ".TP\n", 4)) {
			entry_begin(ret_entries);
			since_entry = 1;
		} else if (!strncmp(line, ".SS ", 4)) {
			since_entry = 0;
		} else if (since_entry) {
			roff_append(ret_entries, line, (size_t)(end - line));
			entry_append(ret_entries, ": ", since_entry++ == 1 ? 2 : 0);
		}
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

Test(install, help_and_man_page_have_the_same_options_in_the_same_words)
{
	static struct entries help, page;
	struct command_result told = cli(NULL, "--help"), written = shell("cat " PAGE);

	expect_status(told, 0);
	expect_status(written, 0);
	help_read(told.output.bytes, &help);
	page_read(written.output.bytes, &page);
	qsort(help.texts, help.count, ENTRY_BYTES, compare);
	qsort(page.texts, page.count, ENTRY_BYTES, compare);
	cr_assert_gt(help.count, 40, "%s", told.output.bytes);
	for (size_t i = 0; i < help.count && i < page.count; i++)
		cr_assert_str_eq(help.texts[i], page.texts[i]);
	cr_assert_eq(help.count, page.count);
}

Test(install, help_fits_a_terminal_of_80_columns)
{
	struct command_result help = cli(NULL, "--help");

	for (const char *line = help.output.bytes, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		cr_assert(end);
		cr_expect_leq(end - line, 80, "%.*s", (int)(end - line), line);
	}
}

Test(install, the_man_page_renders_without_a_warning)
{
	struct command_result result =
		shell("command -v groff >/dev/null || exit 200; groff -man -Tutf8 -ww " PAGE);

	if (result.status == 200)
		cr_skip_test("there is no groff");
	expect_status(result, 0);
	cr_assert_str_empty(result.errors.bytes, "%s", result.errors.bytes);
	expect_said(result.output.bytes, "TCPPing probe");
}

/*
 * Sources the file, which is $1, and completes the last of the other words; prints what is offered.
 */
#define COMPLETE                                                                                   \
	"complete_words() { . \"$1\" && shift && COMP_WORDS=(ktcping \"$@\") COMP_CWORD=$# && "    \
	"_ktcping && printf '%s\\n' "                                                              \
	"\"${COMPREPLY[@]}\"; };"

static void expect_offered(const char *words, const char *offered)
{
	char line[1024];
	struct command_result result;

	snprintf(line, sizeof(line), "%s complete_words .output/share/ktcping.bash %s", COMPLETE,
		 words);
	result = shell(line);
	expect_status(result, 0);
	cr_expect_str_empty(result.errors.bytes, "%s: %s", words, result.errors.bytes);
	cr_expect_str_eq(result.output.bytes, offered, "%s: offered\n%swanted\n%s", words,
			 result.output.bytes, offered);
}

Test(install, the_completion_offers_options_and_the_values_they_take)
{
	static const struct {
		const char *words;
		const char *offered;
	} cases[] = {
		{"--js", "--json\n"},
		{"-j host --expect un", "unreachable\n"},
		{"--until = int", "intercepted\n"},
		{"--until =", "open\nclosed\nfiltered\nunreachable\nblocked\nintercepted\nself-"
			      "connect\ninvalid\naborted\nincomplete\n"},
		{"--until=int", "--until=intercepted\n"},
		{"-Di", "-Diso\n"},
		{"-D --qu", "--quiet\n"},
		{"--timestamp = r", "rel\n"},
		{"-I l", "lo\n"},
		{"-f Makef", "Makefile\n"},
		{"--help ver", "verdicts\n"},
		{"-h ''", "verdicts\n"},
		{"--help=", "--help=verdicts\n"},
		{"-c ''", "\n"},
		{"doct", "doctor\n"},
		{"pro", "probe\n"},
		{"--trace", "\n"},
		{"doctor --js", "--json\n"},
		{"doctor --ttl", "\n"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_offered(cases[i].words, cases[i].offered);
}

Test(install, every_option_of_the_help_is_offered)
{
	static struct entries help;
	struct command_result told = cli(NULL, "--help");
	struct command_result offered =
		shell(COMPLETE " complete_words .output/share/ktcping.bash -");

	help_read(told.output.bytes, &help);
	expect_status(offered, 0);
	for (size_t i = 0; i < help.count; i++) {
		const char *name = strstr(help.texts[i], "--");
		char line[64];

		cr_assert(name);
		snprintf(line, sizeof(line), "%.*s\n", (int)strcspn(name, "=[:"), name);
		expect_said(offered.output.bytes, line);
	}
}

Test(install, what_is_installed_works_and_is_removed_again)
{
	struct command_result result =
		shell("set -e; there=$(mktemp -d); trap 'rm -rf \"$there\"' EXIT; mkdir -p "
		      "\"$there/usr/sbin\"; echo mine "
		      ">\"$there/usr/sbin/other\";"
		      "make -s install DESTDIR=\"$there\" PREFIX=/usr >&2; cd \"$there\"; find . "
		      "-type f -printf '%m %p\\n' | sort;"
		      "usr/sbin/ktcping --version; grep -c 'TH KTCPING 8' "
		      "usr/share/man/man8/ktcping.8;" COMPLETE
		      "complete_words usr/share/bash-completion/completions/ktcping --numer; "
		      "complete -p ktcping;"
		      "cd \"$OLDPWD\"; make -s uninstall DESTDIR=\"$there\" PREFIX=/usr >&2; find "
		      "\"$there\" ! -type d -printf '%P\\n'");

	expect_status(result, 0);
	cr_assert_str_eq(result.output.bytes,
			 "644 ./usr/sbin/other\n"
			 "644 ./usr/share/bash-completion/completions/ktcping\n"
			 "644 ./usr/share/man/man8/ktcping.8\n"
			 "755 ./usr/sbin/ktcping\n" VERSION_TEXT "\n"
			 "1\n"
			 "--numeric\n"
			 "complete -F _ktcping ktcping\n"
			 "usr/sbin/other\n");
}
