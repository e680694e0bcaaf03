/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An IP address with a port, as a value: comparable with address_equal(), zeroed means "none". */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fits the longest text form, "[v6]:65535", with its NUL. */
#define ADDRESS_TEXT_MAX 64

struct address {
	uint8_t bytes[16]; /* network order; IPv4 in the first four, the rest zero */
	uint32_t scope;	   /* interface index of an IPv6 link-local address, else 0 */
	uint16_t port;	   /* host order */
	uint8_t family;	   /* AF_INET, AF_INET6, or 0 for none */
	uint8_t pad;
};

/* bytes: 4 for AF_INET, 16 for AF_INET6, in network order. */
struct address address_make(int family, const void *bytes, uint16_t port);

bool address_is_set(const struct address *address);
/* Same family, bytes and port. The scope is left out: packets do not carry it. */
bool address_equal(const struct address *a, const struct address *b);
/* Like address_equal(), but whatever the port. */
bool address_same_host(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *address);
bool address_is_unspecified(const struct address *address); /* 0.0.0.0 or :: */
/* The IPv4 address that ::ffff:192.0.2.1 maps (RFC 4291, section 2.5.5.2); others unchanged. */
struct address address_unmapped(const struct address *address);
bool address_is_multicast(const struct address *address); /* 224.0.0.0/4 or ff00::/8 */
/* 255.255.255.255; which others are one, routes tell */
bool address_is_limited_broadcast(const struct address *address);
bool address_is_link_local(const struct address *address); /* IPv6 fe80::/10 */

/*
 * Parse an IPv4 or IPv6 literal, without port, brackets or scope. Returns 0 or -EINVAL;
 * *ret_address is untouched on failure.
 */
int address_parse(const char *text, struct address *ret_address);

/* "192.0.2.1", "2001:db8::1"; "" when none. text has ADDRESS_TEXT_MAX bytes; returns text. */
char *address_format(const struct address *address, char *text);
/* "192.0.2.1:443", "[2001:db8::1]:443". */
char *address_format_with_port(const struct address *address, char *text);

struct sockaddr_storage;
/* Returns the length to hand to connect() or bind(). */
size_t address_to_sockaddr(const struct address *address, struct sockaddr_storage *ret_sockaddr);
/* Returns 0, or -EAFNOSUPPORT for anything but AF_INET and AF_INET6. */
int address_from_sockaddr(const struct sockaddr_storage *sockaddr, struct address *ret_address);

#endif
