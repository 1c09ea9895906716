package virtj;

import java.io.IOException;
import java.net.InetAddress;

import org.acplt.oncrpc.OncRpcClient;
import org.acplt.oncrpc.OncRpcException;
import org.acplt.oncrpc.OncRpcGetPortResult;
import org.acplt.oncrpc.OncRpcPortmapClient;
import org.acplt.oncrpc.OncRpcPortmapServices;
import org.acplt.oncrpc.OncRpcProtocols;
import org.acplt.oncrpc.OncRpcServerIdent;
import org.acplt.oncrpc.OncRpcTcpClient;
import org.acplt.oncrpc.OncRpcUdpClient;
import org.acplt.oncrpc.XdrVoid;

import virtproto.virt;
import virtproto.virtClient;

/** Where a daemon is, and the way there: the portmapper, and the version that both sides know. */
final class Place {
    /** The versions that this client was built with; the newest. */
    static final int NEWEST_KNOWN = virt.VIRT_V2;

    private static final int TIMEOUT_MS = 20_000;
    private static final int RESEND_MS = 1_000;
    /** The longest datagram to expect; the daemon sends no longer one. */
    private static final int DATAGRAM_BYTES = 8_800;

    private final InetAddress host;
    private final int port;
    private final int protocol;
    private final int portmapPort;

    /**
     * @param host what the command line calls the host
     * @param port the daemon's port; 0 to ask the portmapper
     * @param protocol one of OncRpcProtocols
     * @param portmapPort where the portmapper listens; 111 nearly everywhere
     * @throws IOException when there is no such host
     */
    Place(String host, int port, int protocol, int portmapPort) throws IOException {
        this.host = InetAddress.getByName(host);
        this.port = port;
        this.protocol = protocol;
        this.portmapPort = portmapPort;
    }

    /**
     * Connects, and settles on a version: the wanted one if both sides have it, else the next lower one. (The daemon's
     * refusal says which versions it has; remotetea reads that and keeps it for itself, so we step down.)
     *
     * @return jrpcgen's client; the caller closes it
     * @throws OncRpcException when the daemon cannot be reached, or has no version that we know
     */
    virtClient connect(int wanted) throws OncRpcException, IOException {
        int at = port != 0 ? port : askPortmapper(wanted);
        for (int version = wanted; ; version = Math.min(version - 1, NEWEST_KNOWN)) {
            OncRpcClient client = open(virt.VIRT_PROGRAM, version, at);
            try {
                client.setCharacterEncoding("UTF-8");
                client.call(0, XdrVoid.XDR_VOID, XdrVoid.XDR_VOID);
                if (version <= NEWEST_KNOWN) {
                    return new virtClient(client);
                }
                client.close();
            } catch (OncRpcException refusal) {
                client.close();
                if (refusal.getReason() != OncRpcException.RPC_PROGVERSMISMATCH || version <= virt.VIRT_V1) {
                    throw refusal;
                }
            }
        }
    }

    private OncRpcClient open(int program, int version, int at) throws OncRpcException, IOException {
        OncRpcClient client;
        if (protocol == OncRpcProtocols.ONCRPC_UDP) {
            OncRpcUdpClient udp = new OncRpcUdpClient(host, program, version, at, DATAGRAM_BYTES);
            udp.setRetransmissionTimeout(RESEND_MS);
            client = udp;
        } else {
            client = new OncRpcTcpClient(host, program, version, at, 0, TIMEOUT_MS);
        }
        client.setTimeout(TIMEOUT_MS);
        return client;
    }

    /**
     * Asks the host's portmapper for the daemon's port. For one on port 111, this is
     * {@code new OncRpcPortmapClient(host).getPort(program, version, protocol)}; remotetea has nothing for another.
     */
    private int askPortmapper(int version) throws OncRpcException, IOException {
        OncRpcClient portmap = open(OncRpcPortmapClient.PMAP_PROGRAM, OncRpcPortmapClient.PMAP_VERSION, portmapPort);
        try {
            OncRpcGetPortResult answer = new OncRpcGetPortResult();
            portmap.call(OncRpcPortmapServices.PMAP_GETPORT,
                    new OncRpcServerIdent(virt.VIRT_PROGRAM, version, protocol, 0), answer);
            if (answer.port == 0) {
                throw new OncRpcException(OncRpcException.RPC_PROGNOTREGISTERED);
            }
            return answer.port;
        } finally {
            portmap.close();
        }
    }
}
