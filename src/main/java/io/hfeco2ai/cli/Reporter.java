package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.Piece;
import io.hfeco2ai.cli.Outbox.Message;
import io.hfeco2ai.cli.Outbox.Sent;
import io.hfeco2ai.cli.Spool.Resent;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.Sensors.Selection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a server about the run, in a thread of its own. The command never waits for it; at the end it has a few seconds,
 * and what was not delivered by then is kept for the next time.
 */
final class Reporter {

    private static final long BUDGET_NANOS = 60_000_000_000L;
    private static final long END_LIMIT_MS = 6000;
    private static final long FIRST_RETRY_MS = 1000;
    private static final long LONGEST_RETRY_MS = 60_000;

    private final Supplier<ApiClient> client;
    private final URI server;
    private final Consumer<BudgetWord> onBudget;
    private final Spool spool;
    private final Messages.Start start;
    private final Outbox outbox = new Outbox("", "");
    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final List<String> notes = new ArrayList<>();

    private volatile @Nullable ApiClient api;
    private @Nullable Host host;
    private boolean finishing;
    private boolean givenUp;
    private boolean resent;
    private Sent state = Sent.LATER;
    private String budgetAction = "continue";
    private long budgetAskedNanos = System.nanoTime() - BUDGET_NANOS;

    /** What the run's strictest budget says once it is no longer "go on". @param usedRatio empty: it has no limit left */
    record BudgetWord(boolean stop, String usedRatio) {}

    Reporter(URI server, String token, Spool spool, Messages.Start start, Consumer<BudgetWord> onBudget) {
        this.server = server;
        this.client = () -> new ApiClient(server, token);
        this.spool = spool;
        this.start = start;
        this.onBudget = onBudget;
        this.thread = new Thread(this::deliver, "reporter");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    void selected(Selection selection) {
        work.add(() -> {
            host = selection.host();
            outbox.add(new Message("/api/v1/runs", Messages.start(start, selection.host())));
        });
    }

    void measured(List<Piece> pieces) {
        work.add(() -> {
            if (host != null) {
                // Where the server measures the node, it still does not know what our child used: its parent does best.
                List<Piece> energy = outbox.nodeWatched() ? List.of() : pieces;
                outbox.add(new Message("/api/v1/measurements", Messages.measurements(host, energy, pieces)));
            }
        });
    }

    /** @param status FINISHED, FAILED or KILLED. @return what a person should know about the delivery */
    List<String> finish(String status, Instant endedAt) {
        work.add(() -> {
            finishing = true;
            if (host == null) {
                notes.add("the node could not be named, so the run was not reported");
                return;
            }
            outbox.add(new Message("/api/v1/runs/" + Messages.RUN + "/finish", Messages.finish(status, endedAt)));
        });
        try {
            thread.join(END_LIMIT_MS);
            if (thread.isAlive()) {
                thread.interrupt();
                ApiClient calling = api;
                if (calling != null) {
                    calling.abort();
                }
                thread.join(500);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return closing();
        }
    }

    /** The run's page; null when the server has not taken the run. */
    synchronized @Nullable String runUrl() {
        String url = outbox.runUrl();
        return url == null ? null : server.resolve(url).toString();
    }

    private void deliver() {
        long retryMs = FIRST_RETRY_MS;
        try {
            while (!(finishing && (outbox.isEmpty() || givenUp))) {
                boolean waiting = !outbox.isEmpty() && !givenUp;
                Runnable next = waiting ? work.poll(retryMs, TimeUnit.MILLISECONDS) : work.take();
                synchronized (this) {
                    for (; next != null; next = work.poll()) {
                        next.run();
                    }
                    if (!givenUp) {
                        sendAll();
                    }
                }
                retryMs = state == Sent.LATER ? Math.min(LONGEST_RETRY_MS, retryMs * 2) : FIRST_RETRY_MS;
            }
        } catch (InterruptedException e) {
            // Time is up: finish() keeps what is left.
        }
    }

    private void sendAll() throws InterruptedException {
        ApiClient ready = api;
        if (ready == null) {
            ready = client.get();
            api = ready;
        }
        state = outbox.send(ready);
        // The last message gets one try: the person waits for the end of the command.
        givenUp = state == Sent.NOT_ALLOWED || state == Sent.REFUSED || (finishing && state == Sent.LATER);
        if (state == Sent.ALL && outbox.isStarted()) {
            askBudget(ready);
        }
        if (state == Sent.ALL && outbox.isStarted() && !resent) {
            resent = true;
            resendOlder(ready);
        }
    }

    /** Now and then, and from the first answer on: a budget may be used up before the run begins. */
    private void askBudget(ApiClient ready) throws InterruptedException {
        if (finishing || System.nanoTime() - budgetAskedNanos < BUDGET_NANOS) {
            return;
        }
        budgetAskedNanos = System.nanoTime();
        Map<String, String> budget;
        try {
            budget = Json.within(
                    ready.post("/api/v1/runs/" + outbox.runId() + "/progress", "{}")
                            .text(),
                    "budget");
        } catch (IOException e) {
            return; // asked again in a minute
        }
        String action = budget.getOrDefault("action", "continue");
        boolean news = !action.equals(budgetAction);
        budgetAction = action;
        if (news && !action.equals("continue")) {
            onBudget.accept(new BudgetWord(action.equals("stop"), budget.getOrDefault("used_ratio", "")));
        }
    }

    private void resendOlder(ApiClient ready) throws InterruptedException {
        try {
            Resent outcome = spool.resend(ready);
            if (outcome.taken() > 0) {
                notes.add("sent " + outcome.taken() + (outcome.taken() == 1 ? " run" : " runs") + " kept from before");
            }
            if (outcome.why() != null) {
                notes.add("of what was kept from before, " + outcome.refusedRuns() + " runs and " + outcome.messages()
                        + " single messages were refused and are given up: " + outcome.why());
            }
        } catch (IOException e) {
            notes.add("could not read the runs kept from before: " + e.getMessage());
        }
    }

    private List<String> closing() {
        if (state == Sent.REFUSED) {
            notes.add(outbox.problem() + "; the run is not on the server");
        } else if (!outbox.isEmpty()) {
            keep();
        } else if (outbox.refused() > 0) {
            notes.add(outbox.problem() + "; it did not take " + outbox.refused() + " of the run's messages");
        }
        if (outbox.dropped() > 0) {
            notes.add(outbox.dropped() + " reports of ten seconds were given up: too many were waiting");
        }
        return List.copyOf(notes);
    }

    private void keep() {
        String why = outbox.problem() == null ? "the server was too slow" : outbox.problem();
        try {
            Path file = spool.keep(start.startedAt().toEpochMilli() + "-" + start.pid(), server.toString(), outbox);
            notes.add(why + "; the run is kept in " + file + " and sent with the next one");
        } catch (IOException e) {
            notes.add(why + "; and the run could not be kept: " + e.getMessage());
        }
    }
}
