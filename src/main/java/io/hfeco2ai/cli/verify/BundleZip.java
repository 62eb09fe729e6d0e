package io.hfeco2ai.cli.verify;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The zip of a bundle, which nobody vouches for yet: only the files of a bundle, each once, none larger than it can be and
 * none that unpacks to more than {@value #HIGHEST_RATIO} times its size.
 */
final class BundleZip implements Closeable {

    static final String REPORT = "report.json";
    static final String ENTRIES = "entries.csv";
    static final String FACTORS = "factors.csv";
    static final String SITES = "sites.csv";
    static final String METHODS = "methods.md";
    static final String MANIFEST = "manifest.json";
    static final String SIGNATURE = "manifest.sig";
    /** What the manifest lists. */
    static final List<String> LISTED = List.of(REPORT, ENTRIES, FACTORS, SITES, METHODS);

    private static final long MIB = 1 << 20;
    private static final Map<String, Long> LARGEST = Map.of(
            REPORT,
            256 * MIB,
            ENTRIES,
            65_536 * MIB,
            FACTORS,
            2_048 * MIB,
            SITES,
            2_048 * MIB,
            METHODS,
            MIB,
            MANIFEST,
            MIB,
            SIGNATURE,
            4_096L);
    private static final int HIGHEST_RATIO = 400;

    private final ZipFile zip;
    private final Map<String, ZipEntry> files = new HashMap<>();

    /** @throws Unreadable with what is wrong */
    BundleZip(Path path) throws IOException {
        try {
            zip = new ZipFile(path.toFile());
        } catch (ZipException e) {
            throw new Unreadable(path + " is no zip, or not a whole one: " + e.getMessage());
        }
        try {
            for (ZipEntry file : Collections.list(zip.entries())) {
                add(path, file);
            }
            for (String name : LARGEST.keySet()) {
                if (!files.containsKey(name)) {
                    throw new Unreadable(path + " has no " + name + ": it is no evidence bundle, or not a whole one");
                }
            }
        } catch (Unreadable e) {
            zip.close();
            throw e;
        }
    }

    private void add(Path path, ZipEntry file) {
        Long largest = LARGEST.get(file.getName());
        if (largest == null) {
            throw new Unreadable(path + " holds a file that is none of a bundle: " + printable(file.getName()));
        }
        if (files.put(file.getName(), file) != null) {
            throw new Unreadable(path + " holds " + file.getName() + " twice");
        }
        if (file.getSize() > largest || file.getSize() < 0) {
            throw new Unreadable(file.getName() + " is larger than it can be: " + file.getSize() + " bytes");
        }
    }

    private static String printable(String name) {
        return name.codePoints()
                .limit(100)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** @throws Unreadable while it is read, when it is larger than it says or than it can be */
    Content open(String name) throws IOException {
        ZipEntry file = files.get(name);
        if (file == null) {
            throw new Unreadable(name + " is missing");
        }
        long most = Math.min(file.getSize(), MIB + Math.max(0, file.getCompressedSize()) * HIGHEST_RATIO);
        return new Content(zip.getInputStream(file), name, most);
    }

    /** Of the small files. */
    byte[] whole(String name) throws IOException {
        try (Content content = open(name)) {
            return content.readAllBytes();
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** A file with the SHA-256 of what was read of it. */
    static final class Content extends FilterInputStream {

        private final String name;
        private final long most;
        private final MessageDigest digest;
        private long bytes;

        Content(InputStream in, String name, long most) {
            super(in);
            this.name = name;
            this.most = most;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = in.read(into, from, length);
            if (read > 0) {
                bytes += read;
                if (bytes > most) {
                    throw new Unreadable(name + " unpacks to more than it says or more than is sensible");
                }
                digest.update(into, from, read);
            }
            return read;
        }

        /** Of the whole file: reads what is left. */
        String sha256() throws IOException {
            byte[] rest = new byte[8192];
            while (read(rest, 0, rest.length) >= 0) {
                // Only digested.
            }
            return HexFormat.of().formatHex(digest.digest());
        }

        long bytes() {
            return bytes;
        }
    }
}
