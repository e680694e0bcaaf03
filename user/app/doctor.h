/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `ktcping doctor`. */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

/* argv[0] is the program's name. Returns the exit status. */
int command_doctor(int argc, char **argv);

#endif
