/*
 * A C client that keeps one connection for as long as it is told, over rpcgen's stubs and libtirpc.
 *
 *   soak unix:PATH|HOST:PORT read|write NAME SECONDS
 *
 * write: suspends and resumes the running machine NAME, now and then destroys and starts it, and checks its state each
 * time. read: lists the running machines and asks for the figures of each; one that went meanwhile is no error.
 * Prints one line of JSON with what it did; the first thing that is wrong goes to stderr, exit 1.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <rpc/rpc.h>
#include <rpc/clnt_soc.h>

#include "virt.h"

static long calls;

static void fail(CLIENT *client, const char *what, const virt_error *error)
{
    if (error != NULL)
        fprintf(stderr, "%s: error %d: %s\n", what, error->code, error->message ? *error->message : "");
    else
        fprintf(stderr, "%s\n", client ? clnt_sperror(client, what) : what);
    exit(1);
}

/* One call: its result, checked, with _u.ok at hand; freed by DONE. */
#define CALL(kind, args, result)                                                     \
    kind##_res *result = kind##_1(args, client);                                     \
    calls++;                                                                         \
    if (result == NULL)                                                              \
        fail(client, #kind, NULL)
#define MUST(kind, result) if (result->status != VIRT_OK) fail(client, #kind, &result->kind##_res_u.error)
#define DONE(kind, result) clnt_freeres(client, (xdrproc_t) xdr_##kind##_res, (caddr_t) result)

static CLIENT *reach(char *place)
{
    struct timeval timeout = {.tv_sec = 60};
    int fd = RPC_ANYSOCK;
    CLIENT *client;

    if (strncmp(place, "unix:", 5) == 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        strncpy(address.sun_path, place + 5, sizeof address.sun_path - 1);
        client = clntunix_create(&address, VIRT_PROGRAM, VIRT_V2, &fd, 0, 0);
    } else {
        struct sockaddr_in address = {.sin_family = AF_INET};
        char *colon = strrchr(place, ':');
        *colon = '\0';
        address.sin_port = htons((unsigned short) atoi(colon + 1));
        inet_pton(AF_INET, place, &address.sin_addr);
        client = clnttcp_create(&address, VIRT_PROGRAM, VIRT_V2, &fd, 0, 0);
    }
    if (client == NULL)
        fail(NULL, clnt_spcreateerror(place), NULL);
    clnt_control(client, CLSET_TIMEOUT, (char *) &timeout);
    return client;
}

/* Checks the state of a machine. */
static void check_state(CLIENT *client, virt_domain dom, int state)
{
    virt_domain_get_info_args args = {.dom = dom};
    CALL(virt_domain_get_info, args, info);
    MUST(virt_domain_get_info, info);
    if (info->virt_domain_get_info_res_u.ok.state != state) {
        fprintf(stderr, "%s is in state %d, not %d\n", dom.name, info->virt_domain_get_info_res_u.ok.state, state);
        exit(1);
    }
    DONE(virt_domain_get_info, info);
}

/* Makes a call that takes a machine and gives nothing, and checks the state after it. */
#define CHANGE(kind, dom_, state)                                                    \
    do {                                                                             \
        kind##_args args = {.dom = dom_};                                            \
        virt_void_res *result = kind##_1(args, client);                              \
        calls++;                                                                     \
        if (result == NULL)                                                          \
            fail(client, #kind, NULL);                                               \
        if (result->status != VIRT_OK)                                               \
            fail(client, #kind, &result->virt_void_res_u.error);                     \
        DONE(virt_void, result);                                                     \
        check_state(client, dom_, state);                                            \
    } while (0)

static void write_once(CLIENT *client, char *name, bool restart)
{
    virt_domain_lookup_by_name_args args = {.name = name};
    CALL(virt_domain_lookup_by_name, args, found);
    MUST(virt_domain_lookup_by_name, found);
    virt_domain dom = found->virt_domain_lookup_by_name_res_u.ok.dom;

    CHANGE(virt_domain_suspend, dom, VIRT_STATE_PAUSED);
    CHANGE(virt_domain_resume, dom, VIRT_STATE_RUNNING);
    if (restart) {
        CHANGE(virt_domain_destroy, dom, VIRT_STATE_SHUTOFF);
        CHANGE(virt_domain_create, dom, VIRT_STATE_RUNNING);
    }
    DONE(virt_domain_lookup_by_name, found);
}

static void read_figures(CLIENT *client, int id)
{
    virt_domain_lookup_by_id_args by_id = {.id = id};
    CALL(virt_domain_lookup_by_id, by_id, found);
    if (found->status == VIRT_OK) {
        virt_domain_get_info_args args = {.dom = found->virt_domain_lookup_by_id_res_u.ok.dom};
        CALL(virt_domain_get_info, args, info);
        if (info->status != VIRT_OK && info->virt_domain_get_info_res_u.error.code != VIRT_ERR_NO_DOMAIN)
            fail(client, "info", &info->virt_domain_get_info_res_u.error);
        DONE(virt_domain_get_info, info);
    } else if (found->virt_domain_lookup_by_id_res_u.error.code != VIRT_ERR_NO_DOMAIN) {
        fail(client, "lookup", &found->virt_domain_lookup_by_id_res_u.error);
    }
    DONE(virt_domain_lookup_by_id, found);
}

static void read_once(CLIENT *client)
{
    virt_connect_list_domains_args args = {.maxids = 1000};
    CALL(virt_connect_list_domains, args, list);
    MUST(virt_connect_list_domains, list);
    virt_connect_list_domains_ret *ok = &list->virt_connect_list_domains_res_u.ok;
    if (ok->ids.ids_len < 1)
        fail(NULL, "nothing runs, and 'test' should", NULL);
    for (u_int i = 0; i < ok->ids.ids_len; i++)
        read_figures(client, ok->ids.ids_val[i]);
    DONE(virt_connect_list_domains, list);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    CLIENT *client = reach(argv[1]);
    bool writes = strcmp(argv[2], "write") == 0;
    time_t end = time(NULL) + atoi(argv[4]);
    long rounds = 0, restarts = 0;

    while (time(NULL) < end) {
        bool restart = rounds % 10 == 9;
        if (writes)
            write_once(client, argv[3], restart);
        else
            read_once(client);
        rounds++;
        restarts += writes && restart;
    }
    clnt_destroy(client);
    printf("{\"calls\": %ld, \"rounds\": %ld, \"restarts\": %ld}\n", calls, rounds, restarts);
    return 0;
}
