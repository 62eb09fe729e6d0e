package io.hfeco2ai.metering.sampler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which process of this machine holds the other end of a connection, by {@code /proc/net/tcp} and the open files of the
 * processes (proc(5)). Processes of other users are seen only by root.
 */
final class LocalConnections {

    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private final Path proc;

    /** @param proc {@code /proc}, or a recorded tree */
    LocalConnections(Path proc) {
        this.proc = proc;
    }

    /** Whether packets to that address end on this machine. */
    static boolean isOwn(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** @param peer the caller's address and port, as the server sees them. Empty: no such connection can be seen */
    Optional<Long> pidOf(InetSocketAddress peer) {
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Optional<String> inode = inode(proc.resolve(table), peer);
            if (inode.isPresent()) {
                return holder("socket:[" + inode.get() + "]");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inode(Path table, InetSocketAddress peer) {
        String end = ":" + String.format(Locale.ROOT, "%04X", peer.getPort());
        byte[] wanted = peer.getAddress().getAddress();
        try (var lines = Files.lines(table, StandardCharsets.US_ASCII)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > INODE && fields[LOCAL_ADDRESS].endsWith(end))
                    .filter(fields -> Arrays.equals(wanted, address(fields[LOCAL_ADDRESS])))
                    .map(fields -> fields[INODE])
                    .findFirst();
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    /** The kernel prints each 32-bit word of an address in the byte order of the machine. */
    private static byte[] address(String field) {
        byte[] printed = HexFormat.of().parseHex(field.substring(0, field.indexOf(':')));
        ByteBuffer words = ByteBuffer.wrap(printed).order(ByteOrder.BIG_ENDIAN);
        ByteBuffer bytes = ByteBuffer.allocate(printed.length).order(ByteOrder.nativeOrder());
        while (words.hasRemaining()) {
            bytes.putInt(words.getInt());
        }
        try {
            return InetAddress.getByAddress(bytes.array()).getAddress(); // turns ::ffff:a.b.c.d into a.b.c.d
        } catch (IOException notAnAddress) {
            return new byte[0];
        }
    }

    private Optional<Long> holder(String socket) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), socket)) {
                    return Optional.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holds(Path folder, String socket) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && Files.readSymbolicLink(file).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException goneOrNotOurs) {
            return false;
        }
        return false;
    }
}
