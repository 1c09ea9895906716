/*
 * Sends one request again and again and counts the answers. It knows framings, not calls: the request comes as a file.
 *
 *   pump FRAMING ADDRESS FILE CALLS CONNECTIONS IN_FLIGHT
 *     FRAMING  onc (record mark; xid at byte 4), virnet (length word; serial at byte 20),
 *              http (answers with Content-Length, connection kept), close (a connection for each call)
 *     ADDRESS  unix:PATH or tcp:PORT on 127.0.0.1
 * PUMP_PRELUDE names a file sent once on each connection before, and answered once. Prints the seconds it took.
 * An answer that says no ends the pump: a server that refuses quickly is not a quick server.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (8 << 20)

struct link {
    int fd;
    long sent, answered;
    char *in;
    size_t have;
};

static char *request;
static size_t request_size;
static const char *framing, *address;

static void die(const char *what)
{
    fprintf(stderr, "pump: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(void)
{
    int fd;
    if (strncmp(address, "unix:", 5) == 0) {
        struct sockaddr_un where = {.sun_family = AF_UNIX};
        strncpy(where.sun_path, address + 5, sizeof where.sun_path - 1);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&where, sizeof where) != 0)
            die(address);
    } else {
        struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(address + 4))};
        int on = 1;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&where, sizeof where) != 0)
            die(address);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

static void write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, data, size);
        if (done < 0)
            die("write");
        data += done;
        size -= (size_t)done;
    }
}

/* The length of the answer at the front of what came in, 0 when it is not whole yet. */
static size_t answer_size(const struct link *link)
{
    const unsigned char *in = (const unsigned char *)link->in;
    if (strcmp(framing, "http") == 0) {
        const char *end = memmem(link->in, link->have, "\r\n\r\n", 4);
        const char *field = end ? strcasestr(link->in, "content-length:") : NULL;
        size_t size = field ? (size_t)(end - link->in) + 4 + strtoul(field + 15, NULL, 10) : 0;
        return size && size <= link->have ? size : 0;
    }
    size_t at = 0;
    for (;;) {
        if (link->have < at + 4)
            return 0;
        uint32_t word = (uint32_t)in[at] << 24 | in[at + 1] << 16 | in[at + 2] << 8 | in[at + 3];
        if (strcmp(framing, "virnet") == 0)
            return word <= link->have ? word : 0;
        at += 4 + (word & 0x7fffffff);
        if (at > link->have)
            return 0;
        if (word & 0x80000000)
            return at;
    }
}

static int is_zero(const char *at, size_t size)
{
    static const char zeros[32];
    return memcmp(at, zeros, size) == 0;
}

/* Ends the program unless a whole answer says that the call was done. */
static void check_answer(const char *in, size_t size)
{
    int good;
    if (strcmp(framing, "onc") == 0) /* behind mark, xid and REPLY: accepted, verifier, SUCCESS, VIRT_OK */
        good = size >= 32 && is_zero(in + 12, 20);
    else if (strcmp(framing, "virnet") == 0) /* the status, last word of the header */
        good = size >= 28 && is_zero(in + 24, 4);
    else
        good = size >= 12 && memcmp(in + 8, " 200", 4) == 0 && !memmem(in, size, "<fault>", 7);
    if (!good) {
        errno = EPROTO;
        die("the answer is an error");
    }
}

static void send_one(struct link *link)
{
    size_t place = strcmp(framing, "onc") == 0 ? 4 : strcmp(framing, "virnet") == 0 ? 20 : 0;
    if (place) {
        uint32_t number = htonl((uint32_t)link->sent + 1);
        memcpy(request + place, &number, 4);
    }
    write_all(link->fd, request, request_size);
    link->sent++;
}

static void receive(struct link *link)
{
    ssize_t got = read(link->fd, link->in + link->have, BUFFER - 1 - link->have);
    if (got <= 0)
        die("the peer closed the connection");
    link->have += (size_t)got;
    link->in[link->have] = 0;
    size_t size, used = 0;
    struct link rest = *link;
    while ((size = answer_size(&rest)) > 0) {
        check_answer(rest.in, size);
        link->answered++;
        used += size;
        rest.in += size;
        rest.have -= size;
    }
    memmove(link->in, link->in + used, link->have - used);
    link->have -= used;
}

/* What a connection needs to say first: libvirt's clients open a hypervisor. */
static void send_prelude(struct link *link)
{
    static char prelude[4096];
    FILE *file = getenv("PUMP_PRELUDE") ? fopen(getenv("PUMP_PRELUDE"), "rb") : NULL;
    if (!file)
        return;
    write_all(link->fd, prelude, fread(prelude, 1, sizeof prelude, file));
    fclose(file);
    while (link->answered == 0)
        receive(link);
    link->answered = 0;
}

static void one_connection_a_call(long calls)
{
    static char in[1 << 16];
    for (long done = 0; done < calls; done++) {
        int fd = connect_to();
        size_t have = 0;
        ssize_t got;
        write_all(fd, request, request_size);
        while ((got = read(fd, in + have, sizeof in - have)) > 0)
            have += (size_t)got;
        check_answer(in, have);
        close(fd);
    }
}

/* Keeps every connection full: sends again as many as were answered, in one write. */
static void keep_in_flight(struct link *links, int count, long calls, long in_flight)
{
    struct pollfd *polls = calloc((size_t)count, sizeof *polls);
    char *many = malloc(request_size * (size_t)in_flight);
    long each = calls / count, open = count, first = in_flight < each ? in_flight : each;
    for (int i = 0; i < count; i++) {
        polls[i] = (struct pollfd){.fd = links[i].fd, .events = POLLIN};
        for (long n = 0; n < in_flight; n++)
            memcpy(many + (size_t)n * request_size, request, request_size);
        write_all(links[i].fd, many, request_size * (size_t)first);
        links[i].sent = first;
    }
    while (open > 0) {
        if (poll(polls, (nfds_t)count, 30000) <= 0)
            die("no answer");
        for (int i = 0; i < count; i++) {
            struct link *link = &links[i];
            if (!(polls[i].revents & (POLLIN | POLLHUP)))
                continue;
            long before = link->answered;
            receive(link);
            long again = link->answered - before, left = each - link->sent;
            again = again < left ? again : left > 0 ? left : 0;
            write_all(link->fd, many, request_size * (size_t)again);
            link->sent += again;
            if (link->answered >= each && polls[i].fd >= 0) {
                polls[i].fd = -1;
                open--;
            }
        }
    }
    free(polls);
    free(many);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: pump onc|virnet|http|close ADDRESS FILE CALLS CONNECTIONS IN_FLIGHT\n");
        return 2;
    }
    framing = argv[1];
    address = argv[2];
    FILE *file = fopen(argv[3], "rb");
    request = malloc(BUFFER);
    if (!file || !request)
        die(argv[3]);
    request_size = fread(request, 1, BUFFER, file);
    fclose(file);
    long calls = atol(argv[4]), in_flight = atol(argv[6]);
    int count = atoi(argv[5]);
    struct link *links = calloc((size_t)count, sizeof *links);
    for (int i = 0; strcmp(framing, "close") != 0 && i < count; i++) {
        links[i].fd = connect_to();
        links[i].in = malloc(BUFFER);
        if (!links[i].in)
            die("memory");
        send_prelude(&links[i]);
    }
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (strcmp(framing, "close") == 0)
        one_connection_a_call(calls);
    else if (in_flight == 1)
        while (links[0].answered < calls) {
            send_one(&links[0]);
            for (long before = links[0].answered; links[0].answered == before;)
                receive(&links[0]);
        }
    else
        keep_in_flight(links, count, calls, in_flight);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.9f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    return 0;
}
