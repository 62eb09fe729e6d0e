package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.cli.ApiClient.Answer;
import io.hfeco2ai.cli.Json;
import io.hfeco2ai.cli.agent.AgentSpool.Group;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in the spool, oldest first, and tells what the server answered. What the server cannot take now stays; what
 * it refuses for good is given up alone, and counted. One thread at a time.
 */
final class Delivery {

    private static final String PATH = "/api/v1/measurements";
    /** The server takes a thousand of each list. */
    private static final int MOST_ROWS = 1000;

    private static final int MOST_RECORDS = 100;
    private static final long FIRST_PAUSE_MS = 1000;
    private static final long LONGEST_PAUSE_MS = 20_000;

    private final ApiClient api;
    private final AgentSpool spool;
    private final RandomGenerator random;
    private final Consumer<String> say;
    private final Consumer<List<Member>> told;
    private final Map<String, Instant> gone = new LinkedHashMap<>();
    private long pauseMs = FIRST_PAUSE_MS;
    private int oneByOne;
    private @Nullable String problem;
    private boolean reached;

    /** A process that the server wants to be followed. */
    record Member(String id, long pid, Instant startedAt) {}

    /** How a call ended. */
    private enum Outcome {
        TAKEN,
        REFUSED,
        LATER
    }

    Delivery(
            ApiClient api,
            AgentSpool spool,
            RandomGenerator random,
            Consumer<String> say,
            Consumer<List<Member>> told) {
        this.api = api;
        this.spool = spool;
        this.random = random;
        this.say = say;
        this.told = told;
    }

    /** Tells the server with each call that the member's processes ended, until the server no longer asks for it. */
    synchronized void gone(String memberId, Instant lastSeen) {
        gone.put(memberId, lastSeen);
    }

    private synchronized Map<String, Instant> gone() {
        return new LinkedHashMap<>(gone);
    }

    private synchronized void follow(List<Member> members) {
        Set<String> open = new HashSet<>();
        members.forEach(member -> open.add(member.id()));
        gone.keySet().retainAll(open);
    }

    /**
     * Sends all there is, or shows the server that the agent is there.
     *
     * @return how long to wait before the next try; 0 when the server took everything
     */
    long send(Outgoing outgoing) throws IOException, InterruptedException {
        Group group = spool.next(MOST_ROWS, oneByOne > 0 ? 1 : MOST_RECORDS);
        Outcome outcome = send(outgoing, group);
        while (outcome != Outcome.LATER && group != null) {
            group = spool.next(MOST_ROWS, oneByOne > 0 ? 1 : MOST_RECORDS);
            if (group != null) {
                outcome = send(outgoing, group);
            }
        }
        if (outcome != Outcome.LATER) {
            pauseMs = FIRST_PAUSE_MS;
            return 0;
        }
        // Many agents lose a server at the same moment; they do not come back at the same moment.
        long wait = Math.round(pauseMs * (0.5 + random.nextDouble() / 2));
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
        return wait;
    }

    private Outcome send(Outgoing outgoing, @Nullable Group group) throws IOException, InterruptedException {
        Answer answer;
        try {
            answer = api.post(PATH, outgoing.call(group, gone(), spool.waiting(), spool.dropped()));
        } catch (IOException e) {
            failed("the server does not answer (" + describe(e) + ")");
            return Outcome.LATER;
        }
        List<Map<String, String>> members = answer.ok() ? Json.objects(answer.text(), "members") : null;
        if (members != null) {
            taken(answer, members, group);
            return Outcome.TAKEN;
        }
        return answer.refused() ? refused(answer, group) : later(answer);
    }

    private void taken(Answer answer, List<Map<String, String>> members, @Nullable Group group) throws IOException {
        List<Map<String, String>> rejected = Json.objects(answer.text(), "rejected");
        if (group != null) {
            spool.taken(group);
            oneByOne = Math.max(0, oneByOne - 1);
        }
        if (rejected == null || rejected.isEmpty()) {
            well();
        } else {
            spool.rejected(rejected.size());
            failed("the server did not take some rows: " + rejected.get(0).getOrDefault("reason", "no reason given"));
        }
        List<Member> open = members.stream()
                .filter(each -> each.keySet().containsAll(Set.of("member_id", "pid", "started_at")))
                .map(each -> new Member(
                        each.getOrDefault("member_id", ""),
                        Long.parseLong(each.getOrDefault("pid", "0")),
                        Instant.parse(each.getOrDefault("started_at", ""))))
                .toList();
        follow(open);
        told.accept(open);
    }

    /** Of several records in one call it may be one alone that is not wanted. */
    private Outcome refused(Answer answer, @Nullable Group group) throws IOException {
        if (group == null) {
            return later(answer);
        }
        if (group.records().size() > 1) {
            oneByOne = group.records().size();
            return Outcome.REFUSED;
        }
        spool.refused(group);
        oneByOne = Math.max(0, oneByOne - 1);
        failed("the server refuses " + group.intervals() + " intervals, which are given up: " + answer.reason());
        return Outcome.REFUSED;
    }

    private Outcome later(Answer answer) {
        if (answer.notAllowed()) {
            failed("the server does not accept the token (" + answer.reason()
                    + "); measurements are kept and sent when the token is right");
        } else if (answer.status() / 100 == 5 || answer.status() == 408 || answer.status() == 429) {
            failed("the server is not well (" + answer.reason() + "); measurements are kept");
        } else if (answer.refused()) {
            failed("the server refuses this agent (" + answer.reason() + ")");
        } else {
            failed("the answer is not that of an HF Eco2AI server (" + answer.reason()
                    + "); check --server; measurements are kept");
        }
        return Outcome.LATER;
    }

    private void well() {
        if (!reached || problem != null) {
            say.accept("the server takes the measurements" + (reached ? " again" : ""));
        }
        reached = true;
        problem = null;
    }

    /** Said once, not each ten seconds. */
    private void failed(String what) {
        if (!what.equals(problem)) {
            say.accept(what);
        }
        problem = what;
    }

    /** A whole sentence for a person, not the name of a Java class alone. */
    private static String describe(IOException e) {
        String text = e.getMessage();
        return text == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + ": " + text;
    }
}
