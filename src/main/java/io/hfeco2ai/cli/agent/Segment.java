package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.agent.AgentSpool.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** One file of a spool: a record a line, each with its checksum, so that a half-written end is noticed. */
final class Segment {

    private static final String ENDING = ".seg";
    private static final int FIELDS = 6;

    private final Path file;
    private final long id;
    private @Nullable FileChannel out;
    private long bytes;
    private long intervals;
    private long intervalsBefore;

    /** Where a record begins. */
    record Place(long segment, long offset) {}

    /**
     * One piece of measuring. The three texts are JSON without line breaks and tabs outside of strings' escapes.
     *
     * @param rows intervals and usage reports
     * @param header properties of the message that name node and boot
     * @param measurements elements of that list, with commas between them
     * @param usage elements of that list
     */
    record Record(int intervals, int rows, String header, String measurements, String usage) {

        private String line() {
            String text =
                    String.join("\t", String.valueOf(intervals), String.valueOf(rows), header, measurements, usage);
            return checksum(text) + "\t" + text + "\n";
        }

        /** Null when the line is damaged. */
        private static @Nullable Record of(String line) {
            String[] fields = line.split("\t", -1);
            if (fields.length != FIELDS || !fields[0].equals(checksum(line.substring(fields[0].length() + 1)))) {
                return null;
            }
            return new Record(
                    Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), fields[3], fields[4], fields[5]);
        }

        private static String checksum(String text) {
            CRC32 crc = new CRC32();
            crc.update(text.getBytes(StandardCharsets.UTF_8));
            return Long.toHexString(crc.getValue());
        }
    }

    private Segment(Path file, long id, @Nullable FileChannel out) {
        this.file = file;
        this.id = id;
        this.out = out;
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().matches("\\d{12}\\" + ENDING);
    }

    /** A file of an earlier process: it is only read, for its end may be half written. */
    static Segment existing(Path file) throws IOException {
        String name = file.getFileName().toString();
        Segment segment = new Segment(file, Long.parseLong(name.substring(0, name.length() - ENDING.length())), null);
        segment.bytes = Files.size(file);
        segment.intervals = segment.count(segment.bytes);
        return segment;
    }

    static Segment create(Path folder, long id) throws IOException {
        Path file = folder.resolve(String.format(Locale.ROOT, "%012d%s", id, ENDING));
        FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true); // a file that no directory names after a crash is no file
        }
        return new Segment(file, id, out);
    }

    long id() {
        return id;
    }

    long bytes() {
        return bytes;
    }

    /** Intervals behind the place that was read up to. */
    long waiting() {
        return intervals - intervalsBefore;
    }

    boolean isWritable() {
        return out != null;
    }

    void append(Record record) throws IOException {
        FileChannel to = out;
        if (to == null) {
            throw new IOException(file + " is closed");
        }
        try {
            ByteBuffer line = ByteBuffer.wrap(record.line().getBytes(StandardCharsets.UTF_8));
            long length = line.remaining();
            while (line.hasRemaining()) {
                to.write(line, bytes + line.position());
            }
            to.force(false);
            bytes += length;
            intervals += record.intervals();
        } catch (IOException e) {
            try {
                to.truncate(bytes);
            } finally {
                close(); // the next one begins a new file
            }
            throw e;
        }
    }

    /** Records from there on that belong in one call; null when there is none. Damaged lines are passed over. */
    @Nullable Group read(long offset, int mostRows, int mostRecords) throws IOException {
        List<Record> records = new ArrayList<>();
        long end = offset;
        int rows = 0;
        try (Lines lines = new Lines(file, offset, bytes)) {
            for (String line = lines.next(); line != null && records.size() < mostRecords; line = lines.next()) {
                Record record = Record.of(line);
                if (record != null) {
                    boolean fits = records.isEmpty()
                            || (rows + record.rows() <= mostRows
                                    && record.header().equals(records.get(0).header()));
                    if (!fits) {
                        break;
                    }
                    records.add(record);
                    rows += record.rows();
                }
                end = lines.offset();
            }
        }
        return records.isEmpty() ? null : new Group(List.copyOf(records), new Place(id, end));
    }

    /** Everything before that place was read by an earlier process. */
    void skipTo(long offset) throws IOException {
        intervalsBefore = count(offset);
    }

    /** So many intervals more need not be read any more. */
    void passed(long read) {
        intervalsBefore += read;
    }

    private long count(long until) throws IOException {
        long count = 0;
        try (Lines lines = new Lines(file, 0, until)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                Record record = Record.of(line);
                count += record == null ? 0 : record.intervals();
            }
        }
        return count;
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    void close() throws IOException {
        FileChannel open = out;
        out = null;
        if (open != null) {
            open.close();
        }
    }

    /** Whole lines of a part of a file; what follows the last line break is not told. */
    private static final class Lines implements AutoCloseable {

        private static final int PAGE = 8192;

        private final FileChannel channel;
        private final InputStream in;
        private final byte[] page = new byte[PAGE];
        private byte[] line = new byte[PAGE];
        private final long until;
        private long offset;
        private int filled;
        private int at;

        Lines(Path file, long offset, long until) throws IOException {
            this.channel = FileChannel.open(file, StandardOpenOption.READ).position(offset);
            this.in = Channels.newInputStream(channel);
            this.offset = offset;
            this.until = until;
        }

        @Nullable String next() throws IOException {
            int length = 0;
            while (true) {
                if (at == filled) {
                    filled = in.read(page);
                    at = 0;
                    if (filled < 0) {
                        filled = 0;
                        return null;
                    }
                }
                byte one = page[at++];
                if (one == '\n') {
                    if (offset + length + 1 > until) {
                        return null;
                    }
                    offset += length + 1L;
                    return new String(line, 0, length, StandardCharsets.UTF_8);
                }
                if (length == line.length) {
                    line = Arrays.copyOf(line, length * 2);
                }
                line[length++] = one;
            }
        }

        /** Behind the line that was told last. */
        long offset() {
            return offset;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
