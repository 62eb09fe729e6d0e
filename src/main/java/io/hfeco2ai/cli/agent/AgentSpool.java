package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.agent.Segment.Place;
import io.hfeco2ai.cli.agent.Segment.Record;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was measured and not yet taken by the server, in files of a folder, in order. A record is on disk when
 * {@link #append} returns, so that neither a kill nor a crash of the machine loses it. How far the server has taken them is
 * written without waiting for the disk: what is sent twice changes nothing. At most so many bytes are kept: then the oldest
 * file is given up, and its intervals are counted.
 */
final class AgentSpool implements AutoCloseable {

    /** While the disk takes nothing: an hour of records. */
    private static final int MOST_IN_MEMORY = 360;

    private static final long SMALLEST_SEGMENT_BYTES = 64_000;
    private static final int SEGMENTS = 20;

    private final Path folder;
    private final long limitBytes;
    private final long segmentBytes;
    private final FileChannel lock;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private final Deque<Record> inMemory = new ArrayDeque<>();
    private long readOffset;
    private long dropped;

    /** @param records of one node and boot, oldest first. @param end where the next one begins; null: they are in memory */
    record Group(List<Record> records, @Nullable Place end) {

        int intervals() {
            return records.stream().mapToInt(Record::intervals).sum();
        }
    }

    /** Another process has this folder. */
    static final class InUse extends IOException {

        private static final long serialVersionUID = 1L;

        InUse(Path folder) {
            super(folder + " is already used by another agent; stop that one, or give this one a --spool of its own");
        }
    }

    private AgentSpool(Path folder, long limitBytes, FileChannel lock) {
        this.folder = folder;
        this.limitBytes = limitBytes;
        this.segmentBytes = Math.max(SMALLEST_SEGMENT_BYTES, limitBytes / SEGMENTS);
        this.lock = lock;
    }

    /**
     * @param limitBytes the files together
     * @throws IOException when the folder cannot be made or read, or is in use
     */
    static AgentSpool open(Path folder, long limitBytes) throws IOException {
        Files.createDirectories(folder);
        FileChannel lock =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = lock.tryLock();
            if (held == null) {
                throw new InUse(folder);
            }
            AgentSpool spool = new AgentSpool(folder, limitBytes, lock);
            spool.load();
            return spool;
        } catch (OverlappingFileLockException e) {
            lock.close();
            throw new InUse(folder);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void load() throws IOException {
        Place taken = readPosition();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Segment::isSegment).sorted().toList()) {
                Segment segment = Segment.existing(file);
                boolean first = segments.isEmpty();
                if (segment.id() < taken.segment()) {
                    Files.delete(file);
                    continue;
                }
                if (first && segment.id() == taken.segment()) {
                    readOffset = Math.min(taken.offset(), segment.bytes());
                    segment.skipTo(readOffset);
                }
                segments.add(segment);
            }
        }
    }

    private Path position() {
        return folder.resolve("position");
    }

    private Place readPosition() throws IOException {
        if (Files.exists(position())) {
            String[] parts =
                    Files.readString(position(), StandardCharsets.US_ASCII).split("\\s+");
            try {
                dropped = Long.parseLong(parts[2]);
                return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
            } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
                // Unreadable: everything there is sent again, which changes nothing.
            }
        }
        return new Place(0, 0);
    }

    private void writePosition() {
        Segment first = segments.peekFirst();
        long id = first == null ? 0 : first.id();
        try {
            Path part = folder.resolve("position.part");
            Files.writeString(part, id + " " + readOffset + " " + dropped + "\n", StandardCharsets.US_ASCII);
            Files.move(part, position(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Then some records are sent twice after a restart.
        }
    }

    /** @throws IOException when the disk does not take it; it is kept in memory then, and tried again with the next one */
    synchronized void append(Record record) throws IOException {
        inMemory.addLast(record);
        if (inMemory.size() > MOST_IN_MEMORY) {
            dropped += inMemory.removeFirst().intervals();
        }
        while (!inMemory.isEmpty()) {
            writable().append(inMemory.getFirst());
            inMemory.removeFirst();
        }
        dropOldest();
    }

    private Segment writable() throws IOException {
        Segment last = segments.peekLast();
        if (last == null || !last.isWritable() || last.bytes() >= segmentBytes) {
            if (last != null) {
                last.close();
            }
            long id = last == null ? Math.max(1, readPosition().segment() + 1) : last.id() + 1;
            last = Segment.create(folder, id);
            segments.addLast(last);
        }
        return last;
    }

    private void dropOldest() throws IOException {
        long bytes = segments.stream().mapToLong(Segment::bytes).sum();
        while (bytes > limitBytes && segments.size() > 1) {
            Segment oldest = segments.removeFirst();
            bytes -= oldest.bytes();
            dropped += oldest.waiting();
            readOffset = 0;
            oldest.delete();
            writePosition();
        }
    }

    /**
     * The oldest records that fit in one call; null when there are none.
     *
     * @param mostRows intervals and usage together; a record with more comes alone
     */
    synchronized @Nullable Group next(int mostRows, int mostRecords) throws IOException {
        for (Segment first = segments.peekFirst(); first != null; first = segments.peekFirst()) {
            Group group = first.read(readOffset, mostRows, mostRecords);
            if (group != null) {
                return group;
            }
            if (first == segments.peekLast()) {
                break;
            }
            next();
        }
        Record waiting = inMemory.peekFirst();
        return waiting == null ? null : new Group(List.of(waiting), null);
    }

    /** All of the first file is read. */
    private void next() throws IOException {
        Segment done = segments.removeFirst();
        dropped += done.waiting(); // what could not be read: a damaged disk
        readOffset = 0;
        done.delete();
        writePosition();
    }

    /** The server has taken them. */
    synchronized void taken(Group group) throws IOException {
        Place end = group.end();
        if (end == null) {
            inMemory.removeIf(record -> record == group.records().get(0));
            return;
        }
        Segment first = segments.peekFirst();
        if (first != null && first.id() == end.segment()) { // else it was dropped meanwhile
            readOffset = end.offset();
            first.passed(group.intervals());
            boolean done = readOffset >= first.bytes() && (first.bytes() >= segmentBytes || !first.isWritable());
            if (done && segments.size() > 1) {
                next();
            } else {
                writePosition();
            }
        }
    }

    /** The server does not want them and never will. */
    synchronized void refused(Group group) throws IOException {
        dropped += group.intervals();
        taken(group);
    }

    /** Some of a call that was taken were rejected one by one. */
    synchronized void rejected(long intervals) {
        dropped += intervals;
    }

    /** Intervals that the server has not taken yet. */
    synchronized long waiting() {
        return segments.stream().mapToLong(Segment::waiting).sum()
                + inMemory.stream().mapToLong(Record::intervals).sum();
    }

    /** Intervals that were given up since this folder was made. */
    synchronized long dropped() {
        return dropped;
    }

    synchronized long bytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }

    @Override
    public synchronized void close() throws IOException {
        writePosition();
        for (Segment segment : segments) {
            segment.close();
        }
        lock.close();
    }
}
