package io.hfeco2ai.reports.evidence;

import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes the files of a zip one after the other and keeps what each came to. Holds nothing of their content. */
final class BundleFiles {

    /** @param sha256 64 hex digits */
    record Written(String name, String sha256, long bytes) {}

    /** Whoever writes a file. */
    @FunctionalInterface
    interface Content {
        void to(Writer out) throws IOException;
    }

    private final ZipOutputStream zip;
    private final List<Written> written = new ArrayList<>();

    BundleFiles(ZipOutputStream zip) {
        this.zip = zip;
    }

    List<Written> written() {
        return List.copyOf(written);
    }

    /** In UTF-8. */
    void add(String name, Content content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        Counted counted = new Counted(zip);
        Writer out = new BufferedWriter(new OutputStreamWriter(counted, StandardCharsets.UTF_8), 1 << 16);
        content.to(out);
        out.flush();
        zip.closeEntry();
        written.add(new Written(name, HexFormat.of().formatHex(counted.digest.digest()), counted.bytes));
    }

    /** Does not become part of {@link #written()}. */
    void addUnlisted(String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    /** A row after RFC 4180, with a line feed at its end; null is an empty field. */
    static void row(Writer out, @Nullable Object... fields) throws IOException {
        row(out, Arrays.asList(fields));
    }

    static void row(Writer out, List<@Nullable Object> fields) throws IOException {
        String comma = "";
        for (Object field : fields) {
            out.write(comma);
            out.write(field == null ? "" : quoted(field.toString()));
            comma = ",";
        }
        out.write('\n');
    }

    private static String quoted(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == ',' || c == '"' || c == '\n' || c == '\r') {
                return '"' + text.replace("\"", "\"\"") + '"';
            }
        }
        return text;
    }

    private static final class Counted extends FilterOutputStream {

        private final MessageDigest digest;
        private long bytes;

        Counted(OutputStream out) {
            super(out);
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] content, int from, int length) throws IOException {
            out.write(content, from, length);
            digest.update(content, from, length);
            bytes += length;
        }

        @Override
        public void flush() {
            // The zip flushes when it is whole.
        }
    }
}
