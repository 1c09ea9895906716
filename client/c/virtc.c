/* virtc: looks at the virtual machines of a host, starts and stops them. An example of a client of virtrpcd in C. */
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virtc.h"

static const char USAGE_TEXT[] =
    "usage: virtc [-p tcp|udp] [--portmap PORT] [--version N] HOST[:PORT] COMMAND\n"
    "       virtc -u unix:PATH [--version N] COMMAND\n"
    "COMMAND: list | info NAME | start NAME | stop NAME | version\n"
    "Without :PORT the portmapper of HOST is asked for it (--portmap: not on port 111 but on this one).\n";

static enum outcome usage(const char *complaint)
{
    fprintf(stderr, "virtc: %s\n%s", complaint, USAGE_TEXT);
    return USAGE;
}

/* Reads a number from 1 to `most`; 0 stands for anything else. */
static unsigned long read_number(const char *text, unsigned long most)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || number > most)
        return 0;
    return number;
}

/* Takes HOST, HOST:PORT, [V6-ADDRESS] or [V6-ADDRESS]:PORT apart. A bare v6 address has more than one colon. */
static bool read_host(const char *text, struct place *place)
{
    const char *host = text, *end, *port;

    if (text[0] == '[') {
        host = text + 1;
        end = strchr(host, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        port = end[1] == ':' ? end + 2 : "";
        if (end[1] == ':' && *port == '\0')
            return false;
    } else {
        end = strchr(text, ':');
        if (end == NULL || strchr(end + 1, ':') != NULL) {
            end = text + strlen(text);
            port = "";
        } else if (*(port = end + 1) == '\0') {
            return false;
        }
    }
    if (end == host || (size_t) (end - host) >= sizeof place->host)
        return false;
    if (*port != '\0' && (strlen(port) >= sizeof place->port || read_number(port, 65535) == 0))
        return false;
    snprintf(place->host, sizeof place->host, "%.*s", (int) (end - host), host);
    snprintf(place->port, sizeof place->port, "%s", port);
    return true;
}

/* Reads the options; returns DONE with `place` and `version` filled in, USAGE after a complaint. */
static enum outcome read_options(int argc, char **argv, struct place *place, rpcvers_t *version)
{
    static const struct option LONG[] = {
        {"portmap", required_argument, NULL, 'P'},
        {"version", required_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+u:p:", LONG, NULL)) != -1) {
        switch (option) {
        case 'u':
            place->unix_path = strncmp(optarg, "unix:", 5) == 0 ? optarg + 5 : optarg;
            break;
        case 'p':
            if (strcmp(optarg, "tcp") != 0 && strcmp(optarg, "udp") != 0)
                return usage("-p takes tcp or udp");
            place->protocol = optarg;
            break;
        case 'P':
            place->portmap_port = (unsigned) read_number(optarg, 65535);
            if (place->portmap_port == 0)
                return usage("--portmap takes the number of a port");
            break;
        case 'V':
            *version = read_number(optarg, UINT32_MAX);
            if (*version == 0)
                return usage("--version takes the number of a version");
            break;
        default:
            return usage("an option is unknown or lacks its value");
        }
    }
    return DONE;
}

/* Runs the command, which is known; `name` is its argument, if it takes one. */
static enum outcome run(CLIENT *client, rpcvers_t version, const char *command, const char *name)
{
    if (strcmp(command, "list") == 0)
        return command_list(client, version);
    if (strcmp(command, "info") == 0)
        return command_info(client, name);
    if (strcmp(command, "start") == 0)
        return command_start(client, name);
    if (strcmp(command, "stop") == 0)
        return command_stop(client, name);
    return command_version(client, version);
}

/* Whether there is such a command, with as many arguments. */
static bool command_known(const char *command, int arguments)
{
    if (strcmp(command, "list") == 0 || strcmp(command, "version") == 0)
        return arguments == 0;
    return arguments == 1
        && (strcmp(command, "info") == 0 || strcmp(command, "start") == 0 || strcmp(command, "stop") == 0);
}

int main(int argc, char **argv)
{
    struct place place = {.protocol = "tcp"};
    rpcvers_t version = VIRT_CLIENT_VERSION;
    CLIENT *client;
    enum outcome outcome;

    /* A daemon that goes away while we write must be an error, not the end of us. */
    signal(SIGPIPE, SIG_IGN);
    outcome = read_options(argc, argv, &place, &version);
    if (outcome != DONE)
        return outcome;
    if (place.unix_path == NULL) {
        if (optind == argc)
            return usage("HOST is missing");
        if (!read_host(argv[optind++], &place))
            return usage("expected HOST or HOST:PORT");
    }
    if (optind == argc)
        return usage("COMMAND is missing");
    if (!command_known(argv[optind], argc - optind - 1))
        return usage("no such COMMAND, or not with these arguments");

    outcome = reach(&place, &version, &client);
    if (outcome != DONE)
        return outcome;
    outcome = run(client, version, argv[optind], argc - optind > 1 ? argv[optind + 1] : NULL);
    clnt_destroy(client);
    return fflush(stdout) == 0 ? outcome : UNREACHED;
}
