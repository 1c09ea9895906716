/*
 * The commands: how calls look over rpcgen's stubs.
 *
 * rpcgen makes a stub for each procedure of each version: virt_domain_get_info_1() and virt_domain_get_info_2(). The
 * version that travels is that of the CLIENT, though, and version 2 repeats version 1 unchanged. So what version 1 has
 * is called by its name in version 1 here, over either; only what version 2 added has _2.
 *
 * A stub returns NULL when there is no result at all, and else a union: a status, and what that selects. The result
 * is static memory of the stub, good until its next call; what it points to is given back by clnt_freeres().
 */
#include <stdio.h>
#include <string.h>

#include "virtc.h"

/* Prints why the daemon did not do it. */
static enum outcome refused(const virt_error *error)
{
    fprintf(stderr, "virtc: %s (error %d)\n", error->message != NULL ? *error->message : "refused", error->code);
    return REFUSED;
}

static const char *state_name(int state)
{
    switch (state) {
    case VIRT_STATE_RUNNING: return "running";
    case VIRT_STATE_BLOCKED: return "blocked";
    case VIRT_STATE_PAUSED: return "paused";
    case VIRT_STATE_SHUTDOWN: return "shutting down";
    case VIRT_STATE_SHUTOFF: return "shut off";
    case VIRT_STATE_CRASHED: return "crashed";
    case VIRT_STATE_PMSUSPENDED: return "asleep";
    default: return "unknown";
    }
}

/*
 * Finds a machine by its name. On DONE, *found is the stub's result and the caller frees it with free_found() when
 * found->...ok.dom is needed no more.
 */
static enum outcome look_up(CLIENT *client, const char *name, virt_domain_lookup_by_name_res **found)
{
    virt_domain_lookup_by_name_args args = {.name = (char *) name};

    *found = virt_domain_lookup_by_name_1(args, client);
    if (*found == NULL)
        return call_failed(client, name);
    if ((*found)->status == VIRT_OK)
        return DONE;
    enum outcome outcome = refused(&(*found)->virt_domain_lookup_by_name_res_u.error);
    clnt_freeres(client, (xdrproc_t) xdr_virt_domain_lookup_by_name_res, (caddr_t) *found);
    return outcome;
}

static void free_found(CLIENT *client, virt_domain_lookup_by_name_res *found)
{
    clnt_freeres(client, (xdrproc_t) xdr_virt_domain_lookup_by_name_res, (caddr_t) found);
}

/* Asks for the figures of a machine. With `gone_is_fine`, one that is not there any more gives DONE and no figures. */
static enum outcome get_info(CLIENT *client, virt_domain dom, bool gone_is_fine, virt_domain_get_info_ret *info)
{
    virt_domain_get_info_args args = {.dom = dom};
    enum outcome outcome = DONE;

    memset(info, 0, sizeof *info);
    virt_domain_get_info_res *result = virt_domain_get_info_1(args, client);
    if (result == NULL)
        return call_failed(client, dom.name);
    if (result->status == VIRT_OK)
        *info = result->virt_domain_get_info_res_u.ok;      /* no pointers inside */
    else if (!gone_is_fine || result->virt_domain_get_info_res_u.error.code != VIRT_ERR_NO_DOMAIN)
        outcome = refused(&result->virt_domain_get_info_res_u.error);
    clnt_freeres(client, (xdrproc_t) xdr_virt_domain_get_info_res, (caddr_t) result);
    return outcome;
}

/* Prints one line of the list. */
static enum outcome print_machine(CLIENT *client, virt_domain dom)
{
    virt_domain_get_info_ret info;
    char id[16] = "-";

    enum outcome outcome = get_info(client, dom, true, &info);
    if (outcome != DONE)
        return outcome;
    if (dom.id >= 0)
        snprintf(id, sizeof id, "%d", dom.id);
    printf("%-5s %-30s %s\n", id, dom.name, state_name(info.state));
    return DONE;
}

/* ---- list, with version 1: the running ones by their ids, the others by their names, then each by itself ---- */

static enum outcome list_running(CLIENT *client)
{
    virt_connect_list_domains_args args = {.maxids = VIRT_DOMAIN_LIST_MAX};
    enum outcome outcome = DONE;

    virt_connect_list_domains_res *result = virt_connect_list_domains_1(args, client);
    if (result == NULL)
        return call_failed(client, "list");
    if (result->status != VIRT_OK) {
        outcome = refused(&result->virt_connect_list_domains_res_u.error);
    } else {
        const virt_connect_list_domains_ret *ok = &result->virt_connect_list_domains_res_u.ok;

        for (u_int i = 0; i < ok->ids.ids_len && outcome == DONE; i++) {
            virt_domain_lookup_by_id_args by_id = {.id = ok->ids.ids_val[i]};
            virt_domain_lookup_by_id_res *found = virt_domain_lookup_by_id_1(by_id, client);

            if (found == NULL) {
                outcome = call_failed(client, "list");
                break;
            }
            if (found->status == VIRT_OK)
                outcome = print_machine(client, found->virt_domain_lookup_by_id_res_u.ok.dom);
            else if (found->virt_domain_lookup_by_id_res_u.error.code != VIRT_ERR_NO_DOMAIN)
                outcome = refused(&found->virt_domain_lookup_by_id_res_u.error);
            clnt_freeres(client, (xdrproc_t) xdr_virt_domain_lookup_by_id_res, (caddr_t) found);
        }
    }
    clnt_freeres(client, (xdrproc_t) xdr_virt_connect_list_domains_res, (caddr_t) result);
    return outcome;
}

static enum outcome list_defined(CLIENT *client)
{
    virt_connect_list_defined_domains_args args = {.maxnames = VIRT_DOMAIN_LIST_MAX};
    enum outcome outcome = DONE;

    virt_connect_list_defined_domains_res *result = virt_connect_list_defined_domains_1(args, client);
    if (result == NULL)
        return call_failed(client, "list");
    if (result->status != VIRT_OK) {
        outcome = refused(&result->virt_connect_list_defined_domains_res_u.error);
    } else {
        const virt_connect_list_defined_domains_ret *ok = &result->virt_connect_list_defined_domains_res_u.ok;

        for (u_int i = 0; i < ok->names.names_len && outcome == DONE; i++)
            printf("%-5s %-30s %s\n", "-", ok->names.names_val[i], state_name(VIRT_STATE_SHUTOFF));
    }
    clnt_freeres(client, (xdrproc_t) xdr_virt_connect_list_defined_domains_res, (caddr_t) result);
    return outcome;
}

#if VIRT_CLIENT_VERSION >= 2
/* ---- list, with version 2: all of them in one call ---- */

static enum outcome list_all(CLIENT *client)
{
    virt_connect_list_all_domains_args args = {.need_results = 1, .flags = 0};
    enum outcome outcome = DONE;

    virt_connect_list_all_domains_res *result = virt_connect_list_all_domains_2(args, client);
    if (result == NULL)
        return call_failed(client, "list");
    if (result->status != VIRT_OK) {
        outcome = refused(&result->virt_connect_list_all_domains_res_u.error);
    } else {
        const virt_connect_list_all_domains_ret *ok = &result->virt_connect_list_all_domains_res_u.ok;

        for (u_int i = 0; i < ok->domains.domains_len && outcome == DONE; i++)
            outcome = print_machine(client, ok->domains.domains_val[i]);
    }
    clnt_freeres(client, (xdrproc_t) xdr_virt_connect_list_all_domains_res, (caddr_t) result);
    return outcome;
}
#endif

enum outcome command_list(CLIENT *client, rpcvers_t version)
{
    printf("%-5s %-30s %s\n", "ID", "NAME", "STATE");
#if VIRT_CLIENT_VERSION >= 2
    if (version >= 2)
        return list_all(client);
#else
    (void) version;
#endif
    enum outcome outcome = list_running(client);
    return outcome == DONE ? list_defined(client) : outcome;
}

/* Prints a uuid in the usual groups. */
static void print_uuid(const char *label, const virt_uuid uuid)
{
    fputs(label, stdout);
    for (int i = 0; i < VIRT_UUID_LEN; i++)
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned char) uuid[i]);
    putchar('\n');
}

enum outcome command_info(CLIENT *client, const char *name)
{
    virt_domain_lookup_by_name_res *found;
    virt_domain_get_info_ret info;

    enum outcome outcome = look_up(client, name, &found);
    if (outcome != DONE)
        return outcome;
    virt_domain dom = found->virt_domain_lookup_by_name_res_u.ok.dom;
    outcome = get_info(client, dom, false, &info);
    if (outcome == DONE) {
        printf("name        %s\n", dom.name);
        print_uuid("uuid        ", dom.uuid);
        if (dom.id >= 0)
            printf("id          %d\n", dom.id);
        printf("state       %s\n", state_name(info.state));
        printf("vcpus       %u\n", info.nr_virt_cpu);
        printf("memory      %llu KiB\n", (unsigned long long) info.memory);
        printf("max memory  %llu KiB\n", (unsigned long long) info.max_mem);
        printf("cpu time    %.3f s\n", (double) info.cpu_time / 1e9);
    }
    free_found(client, found);
    return outcome;
}

/* Ends a command that returns nothing but whether it was done. */
static enum outcome report(CLIENT *client, virt_void_res *result, const char *name, const char *done)
{
    enum outcome outcome = DONE;

    if (result == NULL)
        return call_failed(client, name);
    if (result->status == VIRT_OK)
        printf("%s %s\n", name, done);
    else
        outcome = refused(&result->virt_void_res_u.error);
    clnt_freeres(client, (xdrproc_t) xdr_virt_void_res, (caddr_t) result);
    return outcome;
}

enum outcome command_start(CLIENT *client, const char *name)
{
    virt_domain_lookup_by_name_res *found;

    enum outcome outcome = look_up(client, name, &found);
    if (outcome != DONE)
        return outcome;
    virt_domain_create_args args = {.dom = found->virt_domain_lookup_by_name_res_u.ok.dom};
    outcome = report(client, virt_domain_create_1(args, client), name, "started");
    free_found(client, found);
    return outcome;
}

/* Pulls the plug, so that it is off when this returns; VIRT_DOMAIN_SHUTDOWN would ask the guest, which takes its time. */
enum outcome command_stop(CLIENT *client, const char *name)
{
    virt_domain_lookup_by_name_res *found;

    enum outcome outcome = look_up(client, name, &found);
    if (outcome != DONE)
        return outcome;
    virt_domain_destroy_args args = {.dom = found->virt_domain_lookup_by_name_res_u.ok.dom};
    outcome = report(client, virt_domain_destroy_1(args, client), name, "stopped");
    free_found(client, found);
    return outcome;
}

enum outcome command_version(CLIENT *client, rpcvers_t version)
{
    enum outcome outcome = DONE;

    virt_connect_get_type_res *type = virt_connect_get_type_1(client);
    if (type == NULL)
        return call_failed(client, "version");
    virt_connect_get_version_res *number = virt_connect_get_version_1(client);
    if (number == NULL) {
        outcome = call_failed(client, "version");
    } else if (type->status != VIRT_OK) {
        outcome = refused(&type->virt_connect_get_type_res_u.error);
    } else if (number->status != VIRT_OK) {
        outcome = refused(&number->virt_connect_get_version_res_u.error);
    } else {
        unsigned long long hv = number->virt_connect_get_version_res_u.ok.hv_ver;

        printf("interface   version %u\n", (unsigned) version);
        printf("hypervisor  %s %llu.%llu.%llu\n", type->virt_connect_get_type_res_u.ok.type, hv / 1000000,
               hv / 1000 % 1000, hv % 1000);
    }
    if (number != NULL)
        clnt_freeres(client, (xdrproc_t) xdr_virt_connect_get_version_res, (caddr_t) number);
    clnt_freeres(client, (xdrproc_t) xdr_virt_connect_get_type_res, (caddr_t) type);
    return outcome;
}
