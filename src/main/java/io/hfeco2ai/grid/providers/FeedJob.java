package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.FeedStale;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.factors.Feed;
import io.hfeco2ai.grid.factors.Feeds;
import io.hfeco2ai.grid.factors.HourMeans;
import io.hfeco2ai.grid.providers.Providers.Source;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Asks each provider when its time has come, on a thread of its own: one that hangs keeps nothing else waiting. Who fails is
 * asked again after 1, 2, 4, … minutes, at most 6 hours, or when it says.
 */
@Component
class FeedJob {

    private static final Logger LOG = LoggerFactory.getLogger(FeedJob.class);
    private static final long HOUR_MS = 3_600_000;
    /** How far back an answer may correct what was an estimate. */
    private static final long LOOK_BACK_MS = 24 * HOUR_MS;
    /** An hour that still lacks a part after this time is taken as it is, marked as an estimate. */
    private static final long WAIT_FOR_THE_REST_MS = 3 * HOUR_MS;

    private static final long STALE_MS = 6 * HOUR_MS;
    private static final int MANY_FAILURES = 5;
    private static final long LONGEST_WAIT_MS = 6 * HOUR_MS;

    private final Providers providers;
    private final Feeds feeds;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread own = new Thread(task, "grid-feeds");
        own.setDaemon(true);
        return own;
    });

    @Autowired
    FeedJob(ProviderProperties settings, Grid grid, Feeds feeds, ApplicationEventPublisher events, Clock clock) {
        this(new Providers(settings, grid::zone), feeds, events, clock);
    }

    FeedJob(Providers providers, Feeds feeds, ApplicationEventPublisher events, Clock clock) {
        this.providers = providers;
        this.feeds = feeds;
        this.events = events;
        this.clock = clock;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        if (!providers.sources().isEmpty()) {
            thread.scheduleWithFixedDelay(this::round, 1, 60, TimeUnit.SECONDS);
        }
    }

    /** Its thread may be writing: it is asked to stop, not interrupted; a call under way is cut off. */
    @PreDestroy
    void stop() throws IOException {
        thread.shutdown();
        providers.close();
    }

    void round() {
        for (Source source : providers.sources()) {
            try {
                refresh(source);
            } catch (RuntimeException e) {
                LOG.error(
                        "The feed {} of {} could not be kept; it is tried again",
                        source.provider().name(),
                        source.zone(),
                        e);
            }
        }
    }

    private void refresh(Source source) {
        IntensityProvider provider = source.provider();
        Feed feed =
                feeds.find(provider.name(), source.zone()).orElseGet(() -> Feed.fresh(provider.name(), source.zone()));
        long nowMs = clock.millis();
        if (nowMs < feed.retryMs()) {
            return;
        }
        Feed after;
        try {
            long newest = Objects.requireNonNullElse(feed.newestMs(), nowMs);
            long fromMs = Math.floorDiv(Math.min(newest, nowMs) - LOOK_BACK_MS, HOUR_MS) * HOUR_MS;
            // After a long outage no more than a week at once, which each provider answers.
            long toMs = Math.min(Math.floorDiv(nowMs, HOUR_MS) * HOUR_MS, fromMs + 7 * LOOK_BACK_MS);
            List<HourMeans.Hour> hours = hours(source, fromMs, toMs, nowMs);
            if (toMs < Math.floorDiv(nowMs, HOUR_MS) * HOUR_MS && bringsNothingNew(hours, feed)) {
                // A gap longer than what is asked for at once must not keep what came after it.
                hours = hours(source, Math.floorDiv(nowMs, HOUR_MS) * HOUR_MS - LOOK_BACK_MS, nowMs, nowMs);
            }
            after = feeds.store(answered(feed, nowMs, nowMs + provider.every().toMillis()), provider.origin(), hours);
        } catch (ProviderFailure e) {
            after = failed(feed, nowMs, e);
            feeds.put(after);
            LOG.warn("{} for {}: {}", provider.name(), source.zone(), e.problem());
        }
        watch(after, nowMs);
    }

    private static List<HourMeans.Hour> hours(Source source, long fromMs, long toMs, long nowMs)
            throws ProviderFailure {
        return HourMeans.of(source.provider().fetch(source.theirs(), fromMs, toMs)).stream()
                .filter(hour -> isOver(hour, nowMs))
                .toList();
    }

    private static boolean bringsNothingNew(List<HourMeans.Hour> hours, Feed feed) {
        Long newest = feed.newestMs();
        return hours.stream().noneMatch(hour -> newest == null || hour.hourMs() > newest);
    }

    private static boolean isOver(HourMeans.Hour hour, long nowMs) {
        long endMs = hour.hourMs() + HOUR_MS;
        return endMs <= nowMs && (hour.minutes() == 60 || endMs <= nowMs - WAIT_FOR_THE_REST_MS);
    }

    private static Feed answered(Feed feed, long nowMs, long nextMs) {
        return new Feed(
                feed.provider(),
                feed.zone(),
                feed.factorId(),
                nowMs,
                nowMs,
                feed.newestMs(),
                0,
                nextMs,
                null,
                feed.staleMs());
    }

    private static Feed failed(Feed feed, long nowMs, ProviderFailure failure) {
        int failures = feed.failures() + 1;
        long backOffMs = Math.min(LONGEST_WAIT_MS, 60_000L << Math.min(failures - 1, 12));
        Duration asked = failure.retryAfter();
        long waitMs = asked == null ? backOffMs : Math.max(backOffMs, asked.toMillis());
        return new Feed(
                feed.provider(),
                feed.zone(),
                feed.factorId(),
                nowMs,
                feed.answeredMs(),
                feed.newestMs(),
                failures,
                nowMs + waitMs,
                failure.problem(),
                feed.staleMs());
    }

    /** Says once that a feed went stale, and forgets it when it is fresh again. */
    private void watch(Feed feed, long nowMs) {
        Long newest = feed.newestMs();
        boolean stale = newest == null ? feed.failures() >= MANY_FAILURES : newest + HOUR_MS < nowMs - STALE_MS;
        if (stale && feed.staleMs() == null) {
            feeds.put(withStale(feed, nowMs));
            events.publishEvent(new FeedStale(feed.provider(), feed.zone(), newest == null ? nowMs : newest + HOUR_MS));
        } else if (!stale && feed.staleMs() != null) {
            feeds.put(withStale(feed, null));
        }
    }

    private static Feed withStale(Feed feed, @Nullable Long staleMs) {
        return new Feed(
                feed.provider(),
                feed.zone(),
                feed.factorId(),
                feed.triedMs(),
                feed.answeredMs(),
                feed.newestMs(),
                feed.failures(),
                feed.retryMs(),
                feed.problem(),
                staleMs);
    }
}
