package io.hfeco2ai.metering.live;

import io.hfeco2ai.metering.Metering.Live;
import io.hfeco2ai.metering.Metering.LiveDevice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends live power to browsers as server-sent events. A tick is written as JSON once for all who watch the node. Each watcher
 * holds only the newest event that it has not got yet, so a slow one skips some and holds up nobody.
 */
@Component
public class LiveStream {

    static final int MOST_WATCHERS = 200;

    private static final long HEARTBEAT_S = 15;
    private static final long TIMEOUT_MS = 3_600_000;

    private final JsonMapper json;
    private final Map<String, Set<Watcher>> watchers = new ConcurrentHashMap<>();
    private final AtomicInteger watching = new AtomicInteger();
    private final ExecutorService senders = Executors.newCachedThreadPool(daemons("live-sender"));
    private final ScheduledExecutorService heartbeat =
            Executors.newSingleThreadScheduledExecutor(daemons("live-heartbeat"));

    public LiveStream(JsonMapper json) {
        this.json = json;
        heartbeat.scheduleAtFixedRate(this::beat, HEARTBEAT_S, HEARTBEAT_S, TimeUnit.SECONDS);
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** What a browser gets. */
    private record Event(String at, @Nullable Double watts, List<LiveDevice> devices) {}

    /** Starts with what is known now; then one event for each tick. */
    public SseEmitter watch(Live now) {
        if (watching.incrementAndGet() > MOST_WATCHERS) {
            watching.decrementAndGet();
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    MOST_WATCHERS + " live views are open, more are not served; close some or try again later");
        }
        SseEmitter emitter = new SseEmitter(TIMEOUT_MS);
        Watcher watcher = new Watcher(now.nodeId(), emitter);
        emitter.onCompletion(() -> remove(watcher));
        emitter.onTimeout(emitter::complete);
        watchers.computeIfAbsent(now.nodeId(), id -> ConcurrentHashMap.newKeySet())
                .add(watcher);
        watcher.offer(now.at() == null ? "" : toJson(now));
        return emitter;
    }

    void publish(Live live) {
        Set<Watcher> interested = watchers.getOrDefault(live.nodeId(), Set.of());
        if (!interested.isEmpty()) {
            String event = toJson(live);
            interested.forEach(watcher -> watcher.offer(event));
        }
    }

    int watching() {
        return watching.get();
    }

    private String toJson(Live live) {
        return json.writeValueAsString(new Event(String.valueOf(live.at()), live.watts(), live.devices()));
    }

    private void beat() {
        watchers.values().forEach(some -> some.forEach(watcher -> watcher.offer("")));
    }

    private void remove(Watcher watcher) {
        if (watchers.getOrDefault(watcher.nodeId, Set.of()).remove(watcher)) {
            watching.decrementAndGet();
        }
    }

    /** Open streams would hold up a graceful shutdown until its time is over. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        heartbeat.shutdownNow();
        watchers.values().forEach(some -> some.forEach(watcher -> watcher.emitter.complete()));
        senders.shutdown();
    }

    /** One open connection. */
    private final class Watcher {
        private final String nodeId;
        private final SseEmitter emitter;
        /** The event to be sent next; an empty one is a heartbeat; null when all is sent. */
        private @Nullable String next;

        private boolean sending;

        Watcher(String nodeId, SseEmitter emitter) {
            this.nodeId = nodeId;
            this.emitter = emitter;
        }

        synchronized void offer(String event) {
            if (next == null || !event.isEmpty()) {
                next = event;
            }
            if (!sending && !senders.isShutdown()) {
                sending = true;
                senders.execute(this::send);
            }
        }

        private synchronized @Nullable String take() {
            String event = next;
            next = null;
            sending = event != null;
            return event;
        }

        private void send() {
            try {
                for (String event = take(); event != null; event = take()) {
                    emitter.send(
                            event.isEmpty()
                                    ? SseEmitter.event().comment("still here")
                                    : SseEmitter.event().data(event));
                }
            } catch (IOException | IllegalStateException gone) {
                remove(this);
                emitter.completeWithError(gone);
            }
        }
    }
}
