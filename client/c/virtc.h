/* What the parts of virtc share: reach.c finds the daemon, commands.c calls it, virtc.c reads the command line. */
#ifndef VIRTC_H
#define VIRTC_H

#include <stdbool.h>

#include "virt.h"                       /* made by rpcgen from virt.x */

/* The exit code of virtc, and the result of nearly every function here. */
enum outcome {
    DONE = 0,
    REFUSED = 1,                        /* the daemon was asked and said no */
    USAGE = 2,                          /* the command line makes no sense */
    UNREACHED = 3                       /* nobody there, or no answer */
};

/* Where the daemon is, as the command line says it. */
struct place {
    const char *unix_path;              /* its unix socket; NULL: by network, as follows */
    const char *protocol;               /* "tcp" or "udp" */
    char host[256];
    char port[12];                       /* "": ask the portmapper of that host */
    unsigned portmap_port;              /* where to ask it; 0: the usual place, 111 */
};

/*
 * Reaches the daemon and settles on a version: `version` if the daemon has it, else the highest that both sides
 * know. On DONE, *client is ready for the stubs of virt.h, and the caller destroys it with clnt_destroy();
 * *version is what was settled on. Otherwise says why on stderr.
 */
enum outcome reach(const struct place *place, rpcvers_t *version, CLIENT **client);

/* Says on stderr why the call `what` got no result, in one line, and returns what that means. */
enum outcome call_failed(CLIENT *client, const char *what);

/* The commands. Each prints its result on stdout, or on stderr why there is none. */
enum outcome command_list(CLIENT *client, rpcvers_t version);
enum outcome command_info(CLIENT *client, const char *name);
enum outcome command_start(CLIENT *client, const char *name);
enum outcome command_stop(CLIENT *client, const char *name);
enum outcome command_version(CLIENT *client, rpcvers_t version);

#endif
