/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A 32-bit program, whose system calls have numbers of their own: a blocking connect() to an IPv4
 * address. Usage: narrow HOST PORT
 *
 * Nothing but the kernel is needed: the C library of this machine is likely to be 64 bits wide
 * only.
 */
#define SYS_EXIT    1
#define SYS_WRITE   4
#define SYS_SOCKET  359
#define SYS_CONNECT 362
#define AF_INET	    2
#define SOCK_STREAM 1

struct sockaddr_in {
	unsigned short family;
	unsigned char port[2], address[4], zero[8];
};

static long call(long number, long first, long second, long third)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first), "c"(second), "d"(third)
			 : "memory");
	return result;
}

static unsigned number(const char **text)
{
	unsigned value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		value = value * 10 + (unsigned)(**text - '0');
	if (**text == '.')
		(*text)++;
	return value;
}

static void say(const char *text, long length)
{
	call(SYS_WRITE, 1, (long)text, length);
}

/* argc and argv as the kernel left them on the stack. */
__attribute__((used)) void start(const long *stack)
{
	struct sockaddr_in target = {.family = AF_INET};
	const char *host, *port_text;
	unsigned port;
	long fd, error;

	if (stack[0] < 3)
		call(SYS_EXIT, 2, 0, 0);
	host = (const char *)stack[2];
	port_text = (const char *)stack[3];
	for (int i = 0; i < 4; i++)
		target.address[i] = (unsigned char)number(&host);
	port = number(&port_text);
	target.port[0] = (unsigned char)(port >> 8);
	target.port[1] = (unsigned char)port;
	fd = call(SYS_SOCKET, AF_INET, SOCK_STREAM, 0);
	error = fd < 0 ? fd : call(SYS_CONNECT, fd, (long)&target, sizeof(target));
	if (error == 0)
		say("Port is open\n", 13);
	else
		say("Port is closed\n", 15);
	call(SYS_EXIT, error != 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmovl %esp, %eax\n\tandl $-16, %esp\n\tsubl $12, %esp\n\tpushl "
	"%eax\n\tcall start\n");
