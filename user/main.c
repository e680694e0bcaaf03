// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of subcommands. */
#include "user/app/command.h"

#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"probe", command_probe},
	{"doctor", command_doctor},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		argv[1] = argv[0];
		return commands[i].run(argc - 1, argv + 1);
	}
	return command_probe(argc, argv);
}
