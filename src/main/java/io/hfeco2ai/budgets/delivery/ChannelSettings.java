package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Viewer;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What a lead or admin decides about channels; checked here, told to the audit trail. */
@Service
class ChannelSettings {

    private static final int LONGEST_NAME = 100;
    private static final int MOST_ADDRESSES = 20;
    private static final int LONGEST_ADDRESSES = 1000;
    private static final int LONGEST_ESCALATION_MINUTES = 10_080;
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * As it was typed.
     *
     * @param owner a team's id; empty: the organisation
     * @param target addresses, or the URL
     * @param quietFrom and quietTo as 22:00; both empty: no quiet hours
     */
    record Input(
            String owner,
            String name,
            ChannelKind kind,
            String target,
            Severity leastSeverity,
            String quietFrom,
            String quietTo,
            String zone,
            boolean criticalPasses,
            boolean escalationsOnly,
            String escalateMinutes,
            String escalateTo) {}

    /** @param key what a webhook is signed with, told this once; null for the other kinds */
    record Made(Channel channel, @Nullable String key) {}

    private final Channels channels;
    private final WebTargets targets;
    private final SecretBox secrets;
    private final Outbox outbox;
    private final ApplicationEventPublisher events;

    ChannelSettings(
            Channels channels, WebTargets targets, SecretBox secrets, Outbox outbox, ApplicationEventPublisher events) {
        this.channels = channels;
        this.targets = targets;
        this.secrets = secrets;
        this.outbox = outbox;
        this.events = events;
    }

    /** @throws BadInput naming the field */
    @Transactional
    public Made add(Viewer viewer, Input input) {
        String teamId = input.owner().isBlank() ? null : input.owner();
        requireRight(viewer, teamId, "the team's channels");
        String target = input.target().strip();
        URI url = input.kind().hasUrl() ? targets.check(target) : null;
        String key = input.kind() == ChannelKind.WEBHOOK ? newKey() : null;
        Channel next = next(teamId, input);
        Channel channel = new Channel(
                Ids.next(),
                teamId,
                name(input.name()),
                input.kind(),
                url == null ? addresses(target) : shown(url),
                url == null ? null : secrets.seal(url.toString()),
                key == null ? null : secrets.seal(key),
                input.leastSeverity(),
                quiet(input),
                input.criticalPasses(),
                input.escalationsOnly(),
                next == null ? null : minutes(input.escalateMinutes()),
                next == null ? null : next.id());
        channels.add(channel);
        publish("channel.added", channel);
        return new Made(channel, key);
    }

    /**
     * Sets a channel anew; whose it is stays. An empty target keeps the URL, which nobody can read again.
     *
     * @param newKey a webhook is signed with a new key from now on
     * @throws BadInput naming the field
     */
    @Transactional
    public Made change(Viewer viewer, String id, Input input, boolean newKey) {
        Channel before = require(viewer, id);
        String target = input.target().strip();
        boolean kept = target.isEmpty() && before.kind() == input.kind() && before.sealedUrl() != null;
        URI url = input.kind().hasUrl() && !kept ? targets.check(target) : null;
        boolean signs = input.kind() == ChannelKind.WEBHOOK;
        String key = signs && (newKey || before.sealedKey() == null) ? newKey() : null;
        Channel next = next(before.teamId(), input);
        requireEnd(id, next);
        Channel after = new Channel(
                id,
                before.teamId(),
                name(input.name()),
                input.kind(),
                kept ? before.shown() : url == null ? addresses(target) : shown(url),
                kept ? before.sealedUrl() : url == null ? null : secrets.seal(url.toString()),
                key != null ? secrets.seal(key) : signs ? before.sealedKey() : null,
                input.leastSeverity(),
                quiet(input),
                input.criticalPasses(),
                input.escalationsOnly(),
                next == null ? null : minutes(input.escalateMinutes()),
                next == null ? null : next.id());
        channels.change(after);
        events.publishEvent(new Changed(
                "channel.changed", "channel", id, before.teamId(), ChannelChange.details(before, after, key != null)));
        return new Made(after, key);
    }

    /** @return one that the viewer may change */
    Channel own(Viewer viewer, String id) {
        return require(viewer, id);
    }

    /** Channels that escalate to each other in a ring would never reach anybody new. */
    private void requireEnd(String id, @Nullable Channel next) {
        Set<String> passed = new HashSet<>(Set.of(id));
        for (Channel at = next; at != null; ) {
            if (!passed.add(at.id())) {
                throw new BadInput("escalateTo", "That channel escalates back to this one; choose another.");
            }
            String further = at.escalateTo();
            at = further == null ? null : channels.find(further).orElse(null);
        }
    }

    @Transactional
    public void remove(Viewer viewer, String id) {
        Channel channel = require(viewer, id);
        channels.remove(id);
        publish("channel.removed", channel);
    }

    @Transactional
    public void test(Viewer viewer, String id) {
        Channel channel = require(viewer, id);
        outbox.test(channel);
        publish("channel.tested", channel);
    }

    private Channel require(Viewer viewer, String id) {
        Channel channel = channels.get(id);
        if (channel.teamId() != null || !viewer.seesAll()) {
            viewer.requireSight(channel.teamId() == null ? "" : channel.teamId(), "channel " + id);
        }
        requireRight(viewer, channel.teamId(), "channel " + id);
        return channel;
    }

    private static void requireRight(Viewer viewer, @Nullable String teamId, String what) {
        if (teamId != null) {
            viewer.require(TeamRole.LEAD, teamId, what);
        } else if (!viewer.admin()) {
            throw new Forbidden("The organisation's channels are set by admins; ask one.");
        }
    }

    private void publish(String action, Channel channel) {
        events.publishEvent(new Changed(
                action,
                "channel",
                channel.id(),
                channel.teamId(),
                Map.of("kind", channel.kind().name())));
    }

    private static String name(String typed) {
        String name = typed.strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new BadInput("name", "Give the channel a name of 1 to " + LONGEST_NAME + " characters.");
        }
        Inputs.plain("name", name);
        return name;
    }

    /** Whatever follows the host may be a secret, as in Slack's URLs. */
    private static String shown(URI url) {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + "/…";
    }

    private static String addresses(String typed) {
        Inputs.plain("target", typed);
        List<String> addresses = Arrays.stream(typed.split("[,;\\s]+"))
                .filter(each -> !each.isEmpty())
                .toList();
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES || typed.length() > LONGEST_ADDRESSES) {
            throw new BadInput("target", "Give 1 to " + MOST_ADDRESSES + " e-mail addresses, separated by commas.");
        }
        for (String each : addresses) {
            try {
                InternetAddress address = new InternetAddress(each, true);
                address.validate();
                if (!each.contains("@") || !each.equals(address.getAddress())) {
                    throw new AddressException();
                }
            } catch (AddressException e) {
                throw new BadInput("target", "“" + each + "” is no e-mail address.");
            }
        }
        return addresses.stream().distinct().collect(Collectors.joining(", "));
    }

    private static @Nullable QuietHours quiet(Input input) {
        if (input.quietFrom().isBlank() && input.quietTo().isBlank()) {
            return null;
        }
        int from = minute("quietFrom", input.quietFrom());
        int to = minute("quietTo", input.quietTo());
        if (from == to) {
            throw new BadInput("quietTo", "The quiet hours end when they begin; leave both empty for none.");
        }
        try {
            return new QuietHours(ZoneId.of(input.zone().strip()), from, to);
        } catch (DateTimeException e) {
            throw new BadInput("zone", "Choose a time zone such as Europe/Berlin or UTC.");
        }
    }

    private static int minute(String field, String typed) {
        try {
            LocalTime time = LocalTime.parse(typed.strip());
            return time.getHour() * 60 + time.getMinute();
        } catch (DateTimeException e) {
            throw new BadInput(field, "Write the time of day as 22:00; leave both times empty for no quiet hours.");
        }
    }

    /** The channel to escalate to; null: none is chosen. */
    private @Nullable Channel next(@Nullable String teamId, Input input) {
        if (input.escalateTo().isBlank()) {
            return null;
        }
        return channels.of(teamId).stream()
                .filter(channel -> channel.id().equals(input.escalateTo()))
                .findFirst()
                .orElseThrow(() -> new BadInput("escalateTo", "Choose another channel of the same team."));
    }

    private static int minutes(String typed) {
        try {
            int minutes = Integer.parseInt(typed.strip());
            if (minutes >= 1 && minutes <= LONGEST_ESCALATION_MINUTES) {
                return minutes;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BadInput(
                "escalateMinutes", "Give whole minutes from 1 to " + LONGEST_ESCALATION_MINUTES + " (a week).");
    }

    private static String newKey() {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        return "whsec_" + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }
}
