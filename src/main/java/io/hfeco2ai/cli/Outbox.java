package io.hfeco2ai.cli;

import io.hfeco2ai.cli.ApiClient.Answer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one run in their order, the first of them starts it. What the server has taken is removed; what is left
 * can be kept in a file and sent another day. Not thread-safe.
 */
final class Outbox {

    /** More would not fit in the memory we allow ourselves: half a day of messages every ten seconds. */
    private static final int LIMIT = 5000;

    private final Deque<Message> messages = new ArrayDeque<>();
    private String runId;
    private String memberId;
    private @Nullable String runUrl;
    private boolean nodeWatched;
    private int dropped;
    private int refused;
    private @Nullable String problem;

    /** @param path may hold {@link Messages#RUN}, {@code json} may hold {@link Messages#MEMBER} */
    record Message(String path, String json) {}

    /** What became of an attempt to send. */
    enum Sent {
        /** Nothing is left. */
        ALL,
        /** The server cannot be reached or is not well: try again later. */
        LATER,
        /** The server does not let us in: a person must mend it, then the messages may be sent. */
        NOT_ALLOWED,
        /** The server does not want the run. */
        REFUSED
    }

    /** @param runId empty while the server has not answered the first message */
    Outbox(String runId, String memberId) {
        this.runId = runId;
        this.memberId = memberId;
    }

    void add(Message message) {
        if (messages.size() >= LIMIT) {
            Message start = runId.isEmpty() ? messages.pollFirst() : null;
            messages.pollFirst();
            dropped++;
            if (start != null) {
                messages.addFirst(start);
            }
        }
        messages.addLast(message);
    }

    Sent send(ApiClient api) throws InterruptedException {
        while (!messages.isEmpty()) {
            Message message = messages.getFirst();
            Answer answer;
            try {
                answer = api.post(
                        message.path().replace(Messages.RUN, runId),
                        message.json().replace(Messages.MEMBER, memberId));
            } catch (IOException e) {
                problem = "the server did not answer (" + describe(e) + ")";
                return Sent.LATER;
            }
            Sent outcome = take(answer);
            if (outcome != Sent.ALL) {
                return outcome;
            }
            messages.removeFirst();
        }
        return Sent.ALL;
    }

    private Sent take(Answer answer) {
        if (answer.ok()) {
            return runId.isEmpty() ? started(answer) : Sent.ALL;
        }
        problem = "the server answered " + answer.reason();
        if (answer.notAllowed()) {
            return Sent.NOT_ALLOWED;
        }
        boolean goneForGood = answer.refused() || (!runId.isEmpty() && answer.notFound());
        if (!goneForGood) {
            return Sent.LATER;
        }
        // One message the server does not want must not hold up those behind it; without its start a run is nothing.
        refused++;
        return runId.isEmpty() ? Sent.REFUSED : Sent.ALL;
    }

    private Sent started(Answer answer) {
        String id = answer.body().get("id");
        if (id == null) {
            problem = "the answer has no run id: is this the address of an HF Eco2AI server?";
            return Sent.REFUSED;
        }
        runId = id;
        memberId = answer.body().getOrDefault("member_id", "");
        runUrl = answer.body().get("url");
        nodeWatched = Boolean.parseBoolean(answer.body().get("node_watched"));
        return Sent.ALL;
    }

    /** A whole sentence for a person, not the name of a Java class alone. */
    private static String describe(IOException e) {
        String text = e.getMessage();
        return text == null ? e.getClass().getSimpleName() : text;
    }

    boolean isStarted() {
        return !runId.isEmpty();
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    String runId() {
        return runId;
    }

    String memberId() {
        return memberId;
    }

    /** The run's page as the server gave it, perhaps without the host; null while the server has not answered. */
    @Nullable String runUrl() {
        return runUrl;
    }

    /** The server's own sampler or an agent measures this node: it needs no measurements of ours. */
    boolean nodeWatched() {
        return nodeWatched;
    }

    /** Messages that were given up because too many were waiting. */
    int dropped() {
        return dropped;
    }

    /** Messages the server did not want. */
    int refused() {
        return refused;
    }

    /** The last thing that went wrong; null when nothing did. */
    @Nullable String problem() {
        return problem;
    }
}
