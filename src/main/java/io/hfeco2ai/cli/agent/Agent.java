package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.cli.agent.Delivery.Member;
import io.hfeco2ai.cli.agent.Segment.Record;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.sensor.members.MemberSensors.Pass;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Measures a node once a second and sends each ten seconds what was measured. Two threads: the one that measures writes to
 * the spool and never waits for the network, the other empties the spool.
 */
final class Agent implements AutoCloseable {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Without anything to send, the server still hears that the agent is there. */
    private static final long PRESENCE_MS = 10_000;

    private static final long LAST_SENDING_MS = 5000;
    private static final int SETTLED = 15;

    private final Supplier<MemberSensors> opening;
    private final AgentSpool spool;
    private final LongSupplier nanoTime;
    private final Consumer<String> say;
    private final ApiClient api;
    private final Delivery delivery;
    private final Semaphore fresh = new Semaphore(0);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread measuring = new Thread(this::measure, "agent-meter");
    private final Thread sending = new Thread(this::deliver, "agent-delivery");
    private volatile List<Member> wanted = List.of();
    private volatile @Nullable Outgoing outgoing;
    /** Nothing more will be measured. */
    private volatile boolean measured;

    private List<Member> followed = List.of();
    private @Nullable MemberSensors sensors;
    private @Nullable String problem;

    /** @param opening finds the sensors; asked again each second while it fails. @param say one line for a person */
    Agent(
            Supplier<MemberSensors> opening,
            AgentSpool spool,
            ApiClient api,
            LongSupplier nanoTime,
            RandomGenerator random,
            Consumer<String> say) {
        this.opening = opening;
        this.spool = spool;
        this.api = api;
        this.nanoTime = nanoTime;
        this.say = say;
        this.delivery = new Delivery(api, spool, random, say, members -> wanted = members);
    }

    void start() {
        measuring.start();
        sending.setDaemon(true);
        sending.start();
    }

    private void measure() {
        long due = nanoTime.getAsLong();
        try {
            for (int count = 0; ; count++) {
                step();
                if (count == SETTLED) {
                    System.gc(); // once, so that the heap stays as small as what is in it
                }
                due = Math.max(due + PERIOD_NANOS, nanoTime.getAsLong() - PERIOD_NANOS);
                if (stopping.await(Math.max(0, due - nanoTime.getAsLong()), TimeUnit.NANOSECONDS)) {
                    break;
                }
            }
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever goes wrong is said once and tried again a second later. */
    private void step() {
        try {
            MemberSensors open = sensors;
            if (open == null) {
                open = opening.get();
                sensors = open;
            }
            if (!wanted.equals(followed)) {
                keep(open, open.cut());
                follow(open, wanted);
            }
            Pass pass = open.tick();
            keep(open, pass);
            pass.gone().forEach(member -> delivery.gone(member.memberId(), member.lastSeen()));
            problem = null;
        } catch (RuntimeException | LinkageError e) {
            failed("the sensors cannot be read: " + e.getMessage());
        }
    }

    private void keep(MemberSensors open, Pass pass) {
        Outgoing message = outgoing;
        if (message == null) {
            message = new Outgoing(open.host(), Outgoing.synthetic(pass));
            outgoing = message;
            fresh.release();
        }
        Record record = message.record(pass);
        if (record != null) {
            try {
                spool.append(record);
            } catch (IOException e) {
                failed("the disk does not take the measurements, up to an hour of them is kept in memory: "
                        + e.getMessage());
            }
            fresh.release();
        }
    }

    private void follow(MemberSensors open, List<Member> members) {
        Set<String> ids = new HashSet<>();
        members.forEach(member -> ids.add(member.id()));
        followed.stream().filter(member -> !ids.contains(member.id())).forEach(member -> open.untrack(member.id()));
        for (Member member : members) {
            if (!open.tracks(member.id()) && isStillThere(member)) {
                open.track(member.id(), member.pid(), null);
            }
        }
        followed = members;
    }

    /** Pids are used again: a process that started well after its member is another one. */
    private static boolean isStillThere(Member member) {
        return ProcessHandle.of(member.pid())
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> !start.isAfter(member.startedAt().plusSeconds(5)))
                        .orElse(true))
                .isPresent();
    }

    private void failed(String what) {
        if (!what.equals(problem)) {
            say.accept(what);
        }
        problem = what;
    }

    private void end() {
        MemberSensors open = sensors;
        if (open != null) {
            keep(open, open.cut());
            open.close();
        }
    }

    private void deliver() {
        long pauseMs = 0;
        try {
            while (true) {
                // In a pause it is the server that is waited for, not the next measurement.
                boolean waited = pauseMs == 0
                        ? fresh.tryAcquire(PRESENCE_MS, TimeUnit.MILLISECONDS)
                        : stopping.await(pauseMs, TimeUnit.MILLISECONDS);
                boolean last = waited && measured;
                fresh.drainPermits();
                pauseMs = send();
                if (last) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // Time is up; what is left is in the spool.
        }
    }

    private long send() throws InterruptedException {
        Outgoing message = outgoing;
        try {
            return message == null ? 0 : delivery.send(message);
        } catch (IOException e) {
            say.accept("the spool cannot be read: " + e.getMessage());
            return PRESENCE_MS;
        } catch (RuntimeException e) {
            say.accept("sending failed: " + e);
            return PRESENCE_MS;
        }
    }

    /** Takes the last reading, keeps it, and gives the server a few seconds to take what waits. */
    @Override
    public void close() throws IOException {
        stopping.countDown();
        try {
            measuring.join(LAST_SENDING_MS);
            measured = true;
            fresh.release();
            sending.join(LAST_SENDING_MS);
            if (sending.isAlive()) {
                sending.interrupt();
                api.abort();
                sending.join(LAST_SENDING_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        spool.close();
    }

    void await() throws InterruptedException {
        measuring.join();
    }
}
