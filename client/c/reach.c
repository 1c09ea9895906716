/* The way to the daemon: unix socket or network, the portmapper, and the version that both sides know. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <rpc/rpc.h>
#include <rpc/clnt_soc.h>
#include <rpc/pmap_prot.h>

#include "virtc.h"

static const struct timeval CALL_TIMEOUT = {.tv_sec = 20};

/* Prints libtirpc's description of a failure, which may end in a newline, as one line of ours. */
static void complain(const char *text)
{
    fprintf(stderr, "%.*s\n", (int) strcspn(text, "\n"), text);
}

enum outcome call_failed(CLIENT *client, const char *what)
{
    struct rpc_err error;
    char prefix[128];

    clnt_geterr(client, &error);
    snprintf(prefix, sizeof prefix, "virtc: %s", what);
    complain(clnt_sperror(client, prefix));
    switch (error.re_status) {
    case RPC_CANTSEND:
    case RPC_CANTRECV:
    case RPC_TIMEDOUT:
    case RPC_PROGUNAVAIL:               /* somebody answers, but it is not virtrpcd */
        return UNREACHED;
    default:
        return REFUSED;
    }
}

static CLIENT *reach_unix(const char *path, rpcvers_t version)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = RPC_ANYSOCK;

    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "virtc: %s: too long for the path of a socket\n", path);
        return NULL;
    }
    strcpy(address.sun_path, path);
    CLIENT *client = clntunix_create(&address, VIRT_PROGRAM, version, &fd, 0, 0);
    if (client == NULL) {
        char prefix[160];

        snprintf(prefix, sizeof prefix, "virtc: unix:%s", path);
        complain(clnt_spcreateerror(prefix));
    }
    return client;
}

/* Connects to one address. Returns NULL with rpc_createerr saying why. */
static CLIENT *reach_address(const struct addrinfo *address, const char *protocol, rpcprog_t program, rpcvers_t version)
{
    char id[8];
    struct netbuf where = {.maxlen = address->ai_addrlen, .len = address->ai_addrlen, .buf = address->ai_addr};

    snprintf(id, sizeof id, "%s%s", protocol, address->ai_family == AF_INET6 ? "6" : "");
    struct netconfig *transport = getnetconfigent(id);
    if (transport == NULL) {
        rpc_createerr.cf_stat = RPC_UNKNOWNPROTO;
        return NULL;
    }
    CLIENT *client = clnt_tli_create(RPC_ANYFD, transport, &where, program, version, 0, 0);
    freenetconfigent(transport);
    return client;
}

/* Connects to a port of a host, at the first of its addresses that answers; IPv4 before IPv6. Complains when none does. */
static CLIENT *reach_port(const char *host, const char *port, const char *protocol, rpcprog_t program,
                          rpcvers_t version)
{
    static const int FAMILIES[] = {AF_INET, AF_INET6};
    CLIENT *client = NULL;
    bool tried = false;
    int trouble = 0;

    for (size_t i = 0; i < 2 && client == NULL; i++) {
        struct addrinfo hints = {.ai_family = FAMILIES[i]}, *found, *each;

        hints.ai_socktype = strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
        int error = getaddrinfo(host, port, &hints, &found);
        if (error != 0) {
            trouble = error;
            continue;
        }
        for (each = found; each != NULL && client == NULL; each = each->ai_next) {
            client = reach_address(each, protocol, program, version);
            tried = true;
        }
        freeaddrinfo(found);
    }
    if (client == NULL && tried) {
        char prefix[300];

        snprintf(prefix, sizeof prefix, "virtc: %s port %s (%s)", host, port, protocol);
        complain(clnt_spcreateerror(prefix));
    } else if (client == NULL) {
        fprintf(stderr, "virtc: %s: %s\n", host, gai_strerror(trouble));
    }
    return client;
}

/*
 * Asks a portmapper (version 2 of its protocol) that does not listen on port 111 for the daemon's port, and writes
 * it to place->port. libtirpc's own functions, which clnt_create() uses, can only ask on 111.
 */
static enum outcome ask_portmapper(struct place *place, rpcvers_t version)
{
    struct pmap wanted = {.pm_prog = VIRT_PROGRAM, .pm_vers = version};
    char port[12];
    u_int answer = 0;
    enum outcome outcome = DONE;

    wanted.pm_prot = strcmp(place->protocol, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
    snprintf(port, sizeof port, "%u", place->portmap_port);
    CLIENT *client = reach_port(place->host, port, place->protocol, PMAPPROG, PMAPVERS);
    if (client == NULL)
        return UNREACHED;
    if (clnt_call(client, PMAPPROC_GETPORT, (xdrproc_t) xdr_pmap, (caddr_t) &wanted, (xdrproc_t) xdr_u_int,
                  (caddr_t) &answer, CALL_TIMEOUT) != RPC_SUCCESS) {
        call_failed(client, "the portmapper");
        outcome = UNREACHED;
    } else if (answer == 0 || answer > 65535) {
        fprintf(stderr, "virtc: the portmapper of %s knows no virtrpcd on %s\n", place->host, place->protocol);
        outcome = UNREACHED;
    } else {
        snprintf(place->port, sizeof place->port, "%u", answer);
    }
    clnt_destroy(client);
    return outcome;
}

/* Finds the daemon by network. */
static CLIENT *reach_host(const struct place *place, rpcvers_t version)
{
    struct place found = *place;

    if (found.port[0] == '\0' && found.portmap_port != 0 && ask_portmapper(&found, version) != DONE)
        return NULL;
    if (found.port[0] != '\0')
        return reach_port(found.host, found.port, found.protocol, VIRT_PROGRAM, version);

    /* The usual way, and all that most programs need: the portmapper on port 111, asked by libtirpc. */
    CLIENT *client = clnt_create(found.host, VIRT_PROGRAM, version, found.protocol);
    if (client == NULL) {
        char prefix[300];

        snprintf(prefix, sizeof prefix, "virtc: %s", found.host);
        complain(clnt_spcreateerror(prefix));
    }
    return client;
}

/* Encodes and decodes nothing: argument and result of procedure 0. */
static bool_t xdr_nothing(XDR *xdr, void *value)
{
    (void) xdr;
    (void) value;
    return TRUE;
}

/*
 * Pings with procedure 0, which every version has, until the daemon has the version that is asked for and we know
 * it. A daemon without that version says which it has, from low to high.
 */
static enum outcome settle(CLIENT *client, rpcvers_t *version)
{
    for (;;) {
        struct rpc_err error;
        rpcvers_t next;
        enum clnt_stat status = clnt_call(client, NULLPROC, (xdrproc_t) xdr_nothing, NULL,
                                          (xdrproc_t) xdr_nothing, NULL, CALL_TIMEOUT);

        if (status == RPC_SUCCESS) {
            if (*version <= VIRT_CLIENT_VERSION)
                return DONE;
            next = VIRT_CLIENT_VERSION; /* the daemon has it, we do not */
        } else if (status == RPC_PROGVERSMISMATCH) {
            clnt_geterr(client, &error);
            next = error.re_vers.high;
            if (next >= *version || *version <= error.re_vers.low) {
                fprintf(stderr, "virtc: the daemon has versions %u to %u, and not %u\n", (unsigned) error.re_vers.low,
                        (unsigned) error.re_vers.high, (unsigned) *version);
                return REFUSED;
            }
        } else {
            return call_failed(client, "ping");
        }
        *version = next;
        if (!clnt_control(client, CLSET_VERS, (char *) version)) {
            fputs("virtc: libtirpc cannot change the version\n", stderr);
            return UNREACHED;
        }
    }
}

enum outcome reach(const struct place *place, rpcvers_t *version, CLIENT **client)
{
    struct timeval call_timeout = CALL_TIMEOUT, resend = {.tv_sec = 1};
    bool by_unix = place->unix_path != NULL;

    *client = by_unix ? reach_unix(place->unix_path, *version) : reach_host(place, *version);
    if (*client == NULL)
        return UNREACHED;
    clnt_control(*client, CLSET_TIMEOUT, (char *) &call_timeout);
    if (!by_unix && strcmp(place->protocol, "udp") == 0)
        clnt_control(*client, CLSET_RETRY_TIMEOUT, (char *) &resend);
    enum outcome outcome = settle(*client, version);
    if (outcome != DONE)
        clnt_destroy(*client);
    return outcome;
}
