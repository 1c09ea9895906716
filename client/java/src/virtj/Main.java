package virtj;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.acplt.oncrpc.OncRpcException;
import org.acplt.oncrpc.OncRpcPortmapClient;
import org.acplt.oncrpc.OncRpcProtocols;

import virtproto.virtClient;

/** virtj: looks at the virtual machines of a host, starts and stops them. An example of a client of virtrpcd in Java. */
public final class Main {
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int UNREACHED = 3;

    private static final String USAGE_TEXT = """
            usage: virtj [-p tcp|udp] [--portmap PORT] [--version N] HOST[:PORT] COMMAND
            COMMAND: list | info NAME | start NAME | stop NAME | version
            Without :PORT the portmapper of HOST is asked for it (--portmap: not on port 111 but on this one).
            """;

    /** HOST, HOST:PORT, [V6] or [V6]:PORT; a bare v6 address has more than one colon. */
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([^\\]]+)\\]|([^:]+))(?::(\\d{1,5}))?|([^\\[\\]]*:[^\\[\\]]*:[^\\[\\]]*)");

    private static final List<String> BARE = List.of("list", "version");
    private static final List<String> WITH_NAME = List.of("info", "start", "stop");

    private int protocol = OncRpcProtocols.ONCRPC_TCP;
    private int portmapPort = OncRpcPortmapClient.PMAP_PORT;
    private int version = Place.NEWEST_KNOWN;

    private Main() {
    }

    /** The command line makes no sense. */
    private static final class BadUsage extends Exception {
        private static final long serialVersionUID = 1L;

        BadUsage(String complaint) {
            super(complaint);
        }
    }

    private static int number(String text, int most) throws BadUsage {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
            throw new BadUsage("expected a number from 1 to " + most + ", found '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static String next(Deque<String> words, String what) throws BadUsage {
        if (words.isEmpty()) {
            throw new BadUsage(what + " is missing");
        }
        return words.removeFirst();
    }

    private void readOptions(Deque<String> words) throws BadUsage {
        while (!words.isEmpty() && words.peekFirst().startsWith("-")) {
            String option = words.removeFirst();
            switch (option) {
                case "-p" -> protocol = switch (next(words, "the value of -p")) {
                    case "tcp" -> OncRpcProtocols.ONCRPC_TCP;
                    case "udp" -> OncRpcProtocols.ONCRPC_UDP;
                    default -> throw new BadUsage("-p takes tcp or udp");
                };
                case "--portmap" -> portmapPort = number(next(words, "the value of --portmap"), 65_535);
                case "--version" -> version = number(next(words, "the value of --version"), 999_999_999);
                default -> throw new BadUsage("unknown option " + option);
            }
        }
    }

    private Place readPlace(String text) throws BadUsage, IOException {
        Matcher parts = HOST_AND_PORT.matcher(text);
        if (!parts.matches()) {
            throw new BadUsage("expected HOST or HOST:PORT, found '" + text + "'");
        }
        int port = parts.group(3) != null ? number(parts.group(3), 65_535) : 0;
        for (int group : new int[] {1, 2, 4}) {
            if (parts.group(group) != null) {
                return new Place(parts.group(group), port, protocol, portmapPort);
            }
        }
        throw new BadUsage("HOST is missing");
    }

    private void run(Deque<String> words, PrintStream out) throws BadUsage, Refused, OncRpcException, IOException {
        readOptions(words);
        String host = next(words, "HOST");
        String command = next(words, "COMMAND");
        if (!(BARE.contains(command) && words.isEmpty() || WITH_NAME.contains(command) && words.size() == 1)) {
            throw new BadUsage("no such COMMAND, or not with these arguments");
        }
        virtClient daemon = readPlace(host).connect(version);
        try {
            Commands commands = new Commands(daemon, out);
            switch (command) {
                case "list" -> commands.list();
                case "info" -> commands.info(words.getFirst());
                case "start" -> commands.start(words.getFirst());
                case "stop" -> commands.stop(words.getFirst());
                default -> commands.version();
            }
        } finally {
            daemon.close();
        }
    }

    /** Whether an RPC error means that nobody answered, other than that somebody refused. */
    private static int meaning(OncRpcException error) {
        return switch (error.getReason()) {
            case OncRpcException.RPC_VERSMISMATCH, OncRpcException.RPC_AUTHERROR,
                    OncRpcException.RPC_PROGVERSMISMATCH, OncRpcException.RPC_PROCUNAVAIL,
                    OncRpcException.RPC_CANTDECODEARGS, OncRpcException.RPC_SYSTEMERROR -> REFUSED;
            default -> UNREACHED;
        };
    }

    /** Runs one command; exit code 0 done, 1 refused by the daemon, 2 usage, 3 not reached. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int outcome = DONE;
        try {
            new Main().run(new ArrayDeque<>(Arrays.asList(arguments)), out);
        } catch (BadUsage bad) {
            System.err.print("virtj: " + bad.getMessage() + "\n" + USAGE_TEXT);
            outcome = USAGE;
        } catch (Refused refused) {
            System.err.println("virtj: " + refused.getMessage() + " (error " + refused.code + ")");
            outcome = REFUSED;
        } catch (OncRpcException error) {
            System.err.println("virtj: " + error.getMessage());
            outcome = meaning(error);
        } catch (IOException error) {
            System.err.println("virtj: " + error);
            outcome = UNREACHED;
        }
        out.flush();
        System.exit(outcome);
    }
}
