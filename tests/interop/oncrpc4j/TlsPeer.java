import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.dcache.oncrpc4j.rpc.OncRpcProgram;
import org.dcache.oncrpc4j.rpc.OncRpcSvc;
import org.dcache.oncrpc4j.rpc.OncRpcSvcBuilder;
import org.dcache.oncrpc4j.rpc.RpcAuthTypeNone;
import org.dcache.oncrpc4j.rpc.RpcAuthTypeTls;
import org.dcache.oncrpc4j.rpc.RpcCall;
import org.dcache.oncrpc4j.rpc.net.IpProtocolType;
import org.dcache.oncrpc4j.xdr.XdrString;
import org.dcache.oncrpc4j.xdr.XdrVoid;

/**
 * Either side of RPC-with-TLS by oncrpc4j, for the tests of ours: the sample program, procedure 1 ECHO.
 *
 *   TlsPeer server KEYS              prints its port, serves until its input ends
 *   TlsPeer client PORT KEYS TEXT    prints what ECHO gave back through TLS
 *   TlsPeer clear PORT KEYS TEXT     the same without TLS: prints the exception
 *
 * KEYS: a PKCS12 file, password "changeit", with our certificate, its key, and the authority that vouches for the peer.
 */
public final class TlsPeer {
    private static final int PROGRAM = 0x20000099;
    private static final int VERSION = 2;
    private static final int ECHO = 1;
    private static final char[] PASSWORD = "changeit".toCharArray();

    public static void main(String[] args) throws Exception {
        if (args[0].equals("server")) {
            serve(args[1]);
        } else {
            System.out.println(call(args[0].equals("client"), Integer.parseInt(args[1]), args[2], args[3]));
        }
    }

    private static void serve(String keys) throws Exception {
        OncRpcSvc server = builder(keys)
                .withBindAddress("127.0.0.1")
                .withRpcService(new OncRpcProgram(PROGRAM, VERSION), TlsPeer::answer)
                .build();
        server.start();
        System.out.println(server.getInetSocketAddress(IpProtocolType.TCP).getPort());
        while (System.in.read() >= 0) {
            continue;
        }
        server.stop();
    }

    private static void answer(RpcCall call) throws java.io.IOException {
        if (call.getProcedure() == ECHO) {
            XdrString text = new XdrString();
            call.retrieveCall(text);
            call.reply(text);
        } else {
            call.reply(XdrVoid.XDR_VOID);
        }
    }

    private static String call(boolean tls, int port, String keys, String text) throws Exception {
        OncRpcSvc client = builder(keys).withClientMode().build();
        client.start();
        try {
            InetSocketAddress where = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
            RpcCall call = new RpcCall(PROGRAM, VERSION, new RpcAuthTypeNone(), client.connect(where));
            if (tls) {
                call.call(0, XdrVoid.XDR_VOID, XdrVoid.XDR_VOID, new RpcAuthTypeTls());
                call.getTransport().startTLS();
            }
            XdrString answer = new XdrString();
            call.call(ECHO, new XdrString(text), answer);
            return answer.stringValue();
        } catch (Exception refused) {
            return refused.toString();
        } finally {
            client.stop();
        }
    }

    private static OncRpcSvcBuilder builder(String keys) throws Exception {
        return new OncRpcSvcBuilder()
                .withoutAutoPublish()
                .withTCP()
                .withWorkerThreadIoStrategy()
                .withSelectorThreadPoolSize(1)
                .withWorkerThreadPoolSize(1)
                .withServiceName("tlspeer")
                .withSSLContext(new Sunrpc(context(keys)))
                .withStartTLS();
    }

    /** oncrpc4j 3.4.2 does not name a protocol (ALPN), which RFC 9289 section 5 asks of both sides: done here. */
    private static final class Sunrpc extends SSLContext {
        Sunrpc(SSLContext inner) {
            super(new Spi(inner), inner.getProvider(), inner.getProtocol());
        }
    }

    private static final class Spi extends SSLContextSpi {
        private final SSLContext inner;

        Spi(SSLContext inner) {
            this.inner = inner;
        }

        private static SSLEngine named(SSLEngine engine) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"sunrpc"});
            engine.setSSLParameters(parameters);
            return engine;
        }

        @Override
        protected void engineInit(KeyManager[] ours, TrustManager[] theirs, SecureRandom random) {
            throw new IllegalStateException("initialized already");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return inner.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return inner.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return named(inner.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return named(inner.createSSLEngine(host, port));
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return inner.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return inner.getClientSessionContext();
        }
    }

    private static SSLContext context(String keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream stream = new FileInputStream(keys)) {
            store.load(stream, PASSWORD);
        }
        KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        ours.init(store, PASSWORD);
        TrustManagerFactory theirs = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        theirs.init(store);
        SSLContext made = SSLContext.getInstance("TLSv1.3");
        made.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
        return made;
    }
}
