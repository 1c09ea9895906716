/*
 * The C peer: rpcgen's dispatcher of virt.x on libtirpc, with as many procedures as are measured.
 *   libtirpc_server unix:PATH | tcp:0          prints its port or path when it is ready
 * The procedures that are not here stay unresolved (see the Makefile line in peers.py) and are never called.
 */
#include "virt.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern void virt_program_2(struct svc_req *, SVCXPRT *);

static virt_uuid test_uuid = "\x66\x95\xeb\x01\xf6\xa4\x83\x04\x79\xaa\x97\xf2\x50\x2e\x19\x3f";
static char xml[3000];
static virt_domain all_domains[1];

virt_domain_get_info_res *virt_domain_get_info_2_svc(virt_domain_get_info_args args, struct svc_req *request)
{
    static virt_domain_get_info_res answer;
    (void)request;
    if (memcmp(args.dom.uuid, test_uuid, sizeof test_uuid) != 0)
        abort();
    answer.status = VIRT_OK;
    answer.virt_domain_get_info_res_u.ok = (virt_domain_get_info_ret){1, 8388608, 2097152, 2, 1000000000};
    return &answer;
}

virt_domain_get_xml_desc_res *virt_domain_get_xml_desc_2_svc(virt_domain_get_xml_desc_args args, struct svc_req *request)
{
    static virt_domain_get_xml_desc_res answer;
    (void)args, (void)request;
    answer.status = VIRT_OK;
    answer.virt_domain_get_xml_desc_res_u.ok.xml = xml;
    return &answer;
}

virt_connect_list_all_domains_res *
virt_connect_list_all_domains_2_svc(virt_connect_list_all_domains_args args, struct svc_req *request)
{
    static virt_connect_list_all_domains_res answer;
    (void)args, (void)request;
    answer.status = VIRT_OK;
    answer.virt_connect_list_all_domains_res_u.ok.domains.domains_len = 1;
    answer.virt_connect_list_all_domains_res_u.ok.domains.domains_val = all_domains;
    answer.virt_connect_list_all_domains_res_u.ok.ret = 1;
    return &answer;
}

int main(int argc, char **argv)
{
    SVCXPRT *transport;
    if (argc != 2)
        return 2;
    memset(xml, 'x', sizeof xml - 1);
    if (argc > 1 && getenv("BENCH_XML_BYTES"))
        xml[atoi(getenv("BENCH_XML_BYTES")) % (int)sizeof xml] = 0;
    all_domains[0].name = "test";
    all_domains[0].id = 1;
    memcpy(all_domains[0].uuid, test_uuid, sizeof test_uuid);
    if (strncmp(argv[1], "unix:", 5) == 0) {
        struct sockaddr_un where = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        strncpy(where.sun_path, argv[1] + 5, sizeof where.sun_path - 1);
        if (bind(fd, (struct sockaddr *)&where, sizeof where) != 0 || listen(fd, 64) != 0)
            return 1;
        transport = svc_vc_create(fd, 0, 0);
    } else {
        struct sockaddr_in where = {.sin_family = AF_INET};
        socklen_t size = sizeof where;
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(fd, (struct sockaddr *)&where, sizeof where) != 0 || listen(fd, 64) != 0)
            return 1;
        getsockname(fd, (struct sockaddr *)&where, &size);
        printf("%d\n", ntohs(where.sin_port));
        transport = svc_vc_create(fd, 0, 0);
    }
    if (!transport || !svc_reg(transport, VIRT_PROGRAM, VIRT_V2, virt_program_2, NULL))
        return 1;
    if (strncmp(argv[1], "unix:", 5) == 0)
        puts(argv[1]);
    fflush(stdout);
    svc_run();
    return 1;
}
