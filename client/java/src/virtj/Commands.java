package virtj;

import java.io.IOException;
import java.io.PrintStream;

import org.acplt.oncrpc.OncRpcException;

import virtproto.virt;
import virtproto.virtClient;
import virtproto.virt_connect_get_type_res;
import virtproto.virt_connect_get_version_res;
import virtproto.virt_connect_list_all_domains_args;
import virtproto.virt_connect_list_all_domains_res;
import virtproto.virt_connect_list_defined_domains_args;
import virtproto.virt_connect_list_defined_domains_res;
import virtproto.virt_connect_list_domains_args;
import virtproto.virt_connect_list_domains_res;
import virtproto.virt_domain;
import virtproto.virt_domain_create_args;
import virtproto.virt_domain_destroy_args;
import virtproto.virt_domain_get_info_args;
import virtproto.virt_domain_get_info_res;
import virtproto.virt_domain_get_info_ret;
import virtproto.virt_domain_lookup_by_id_args;
import virtproto.virt_domain_lookup_by_id_res;
import virtproto.virt_domain_lookup_by_name_args;
import virtproto.virt_domain_lookup_by_name_res;
import virtproto.virt_domain_state;
import virtproto.virt_error;
import virtproto.virt_error_code;
import virtproto.virt_status;
import virtproto.virt_string;
import virtproto.virt_void_res;

/**
 * The commands: how calls look over jrpcgen's stubs.
 *
 * <p>jrpcgen makes a method for each procedure of each version. The version that travels is that of the connection,
 * though (so -noclamp has it), and version 2 repeats version 1 unchanged: what version 1 has is called by its name in
 * version 1 here, over either, and only what version 2 added has _2.
 *
 * <p>A result is a union: {@code status}, and the field that this selects, {@code ok} or {@code error}.
 */
final class Commands {
    private final virtClient daemon;
    private final int version;
    private final PrintStream out;

    Commands(virtClient daemon, PrintStream out) {
        this.daemon = daemon;
        this.version = daemon.getClient().getVersion();
        this.out = out;
    }

    private static void check(int status, virt_error error) throws Refused {
        if (status != virt_status.VIRT_OK) {
            throw new Refused(error);
        }
    }

    /** Lists all machines. */
    void list() throws OncRpcException, IOException, Refused {
        out.printf("%-5s %-30s %s%n", "ID", "NAME", "STATE");
        if (version < virt.VIRT_V2) {
            listOneByOne();
            return;
        }
        virt_connect_list_all_domains_args args = new virt_connect_list_all_domains_args();
        args.need_results = 1;
        virt_connect_list_all_domains_res result = daemon.VIRT_CONNECT_LIST_ALL_DOMAINS_2(args);
        check(result.status, result.error);
        for (virt_domain dom : result.ok.domains) {
            printMachine(dom);
        }
    }

    /** The same with version 1: the running ones by their ids, the others by their names. */
    private void listOneByOne() throws OncRpcException, IOException, Refused {
        virt_connect_list_domains_args running = new virt_connect_list_domains_args();
        running.maxids = virt.VIRT_DOMAIN_LIST_MAX;
        virt_connect_list_domains_res ids = daemon.VIRT_CONNECT_LIST_DOMAINS_1(running);
        check(ids.status, ids.error);
        for (int id : ids.ok.ids) {
            virt_domain_lookup_by_id_args args = new virt_domain_lookup_by_id_args();
            args.id = id;
            virt_domain_lookup_by_id_res found = daemon.VIRT_DOMAIN_LOOKUP_BY_ID_1(args);
            if (found.status == virt_status.VIRT_OK) {
                printMachine(found.ok.dom);
            } else if (found.error.code != virt_error_code.VIRT_ERR_NO_DOMAIN) {    // it may have stopped meanwhile
                throw new Refused(found.error);
            }
        }
        virt_connect_list_defined_domains_args defined = new virt_connect_list_defined_domains_args();
        defined.maxnames = virt.VIRT_DOMAIN_LIST_MAX;
        virt_connect_list_defined_domains_res names = daemon.VIRT_CONNECT_LIST_DEFINED_DOMAINS_1(defined);
        check(names.status, names.error);
        for (virt_string name : names.ok.names) {
            out.printf("%-5s %-30s %s%n", "-", name.value, stateName(virt_domain_state.VIRT_STATE_SHUTOFF));
        }
    }

    private void printMachine(virt_domain dom) throws OncRpcException, IOException, Refused {
        virt_domain_get_info_res result = getInfo(dom);
        if (result.status != virt_status.VIRT_OK && result.error.code == virt_error_code.VIRT_ERR_NO_DOMAIN) {
            return;                                                                 // gone meanwhile
        }
        check(result.status, result.error);
        out.printf("%-5s %-30s %s%n", dom.id < 0 ? "-" : dom.id, dom.name.value, stateName(result.ok.state));
    }

    private virt_domain_get_info_res getInfo(virt_domain dom) throws OncRpcException, IOException {
        virt_domain_get_info_args args = new virt_domain_get_info_args();
        args.dom = dom;
        return daemon.VIRT_DOMAIN_GET_INFO_1(args);
    }

    private virt_domain lookUp(String name) throws OncRpcException, IOException, Refused {
        virt_domain_lookup_by_name_args args = new virt_domain_lookup_by_name_args();
        args.name = new virt_string(name);
        virt_domain_lookup_by_name_res found = daemon.VIRT_DOMAIN_LOOKUP_BY_NAME_1(args);
        check(found.status, found.error);
        return found.ok.dom;
    }

    /** Prints what a machine is and does. Java has no unsigned types: wide values are printed as unsigned. */
    void info(String name) throws OncRpcException, IOException, Refused {
        virt_domain dom = lookUp(name);
        virt_domain_get_info_res result = getInfo(dom);
        check(result.status, result.error);
        virt_domain_get_info_ret info = result.ok;
        out.printf("name        %s%n", dom.name.value);
        out.printf("uuid        %s%n", uuidText(dom.uuid.value));
        if (dom.id >= 0) {
            out.printf("id          %d%n", dom.id);
        }
        out.printf("state       %s%n", stateName(info.state));
        out.printf("vcpus       %d%n", Short.toUnsignedInt(info.nr_virt_cpu));
        out.printf("memory      %s KiB%n", Long.toUnsignedString(info.memory));
        out.printf("max memory  %s KiB%n", Long.toUnsignedString(info.max_mem));
        out.printf("cpu time    %.3f s%n", info.cpu_time / 1e9);
    }

    /** Starts a machine from its definition. */
    void start(String name) throws OncRpcException, IOException, Refused {
        virt_domain_create_args args = new virt_domain_create_args();
        args.dom = lookUp(name);
        virt_void_res result = daemon.VIRT_DOMAIN_CREATE_1(args);
        check(result.status, result.error);
        out.printf("%s started%n", name);
    }

    /** Pulls the plug, so that it is off afterwards; VIRT_DOMAIN_SHUTDOWN would ask the guest, which takes its time. */
    void stop(String name) throws OncRpcException, IOException, Refused {
        virt_domain_destroy_args args = new virt_domain_destroy_args();
        args.dom = lookUp(name);
        virt_void_res result = daemon.VIRT_DOMAIN_DESTROY_1(args);
        check(result.status, result.error);
        out.printf("%s stopped%n", name);
    }

    /** Prints the version of the interface that is spoken, and what is behind the daemon. */
    void version() throws OncRpcException, IOException, Refused {
        virt_connect_get_type_res type = daemon.VIRT_CONNECT_GET_TYPE_1();
        check(type.status, type.error);
        virt_connect_get_version_res number = daemon.VIRT_CONNECT_GET_VERSION_1();
        check(number.status, number.error);
        long hv = number.ok.hv_ver;
        out.printf("interface   version %d%n", version);
        out.printf("hypervisor  %s %d.%d.%d%n", type.ok.type.value, hv / 1_000_000, hv / 1_000 % 1_000, hv % 1_000);
    }

    private static String uuidText(byte[] uuid) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < uuid.length; i++) {
            text.append(i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "").append(String.format("%02x", uuid[i]));
        }
        return text.toString();
    }

    private static String stateName(int state) {
        return switch (state) {
            case virt_domain_state.VIRT_STATE_RUNNING -> "running";
            case virt_domain_state.VIRT_STATE_BLOCKED -> "blocked";
            case virt_domain_state.VIRT_STATE_PAUSED -> "paused";
            case virt_domain_state.VIRT_STATE_SHUTDOWN -> "shutting down";
            case virt_domain_state.VIRT_STATE_SHUTOFF -> "shut off";
            case virt_domain_state.VIRT_STATE_CRASHED -> "crashed";
            case virt_domain_state.VIRT_STATE_PMSUSPENDED -> "asleep";
            default -> "unknown";
        };
    }
}
