/* libvirt's own C library, one GetInfo (or dumpxml, or list) at a time:  libvirt_client URI info|dumpxml|list CALLS */
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    virConnectPtr connection = argc == 4 ? virConnectOpen(argv[1]) : NULL;
    virDomainPtr domain = connection ? virDomainLookupByName(connection, "test") : NULL;
    if (!domain)
        return 1;
    long calls = atol(argv[3]);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long done = 0; done < calls; done++) {
        if (strcmp(argv[2], "info") == 0) {
            virDomainInfo info;
            if (virDomainGetInfo(domain, &info) != 0)
                return 1;
        } else if (strcmp(argv[2], "dumpxml") == 0) {
            char *xml = virDomainGetXMLDesc(domain, 0);
            if (!xml)
                return 1;
            free(xml);
        } else {
            virDomainPtr *all;
            int count = virConnectListAllDomains(connection, &all, 0);
            if (count < 1)
                return 1;
            for (int i = 0; i < count; i++)
                virDomainFree(all[i]);
            free(all);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.9f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    virDomainFree(domain);
    virConnectClose(connection);
    return 0;
}
