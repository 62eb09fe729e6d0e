package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.budgets.delivery.ChannelSettings.Input;
import io.hfeco2ai.budgets.delivery.ChannelSettings.Made;
import io.hfeco2ai.budgets.delivery.Outbox.Delivery;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Viewer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Where alerts are told: the channels of the teams one leads, and of the organisation. */
@Controller
class ChannelsPage {

    /** What was typed and what is wrong with it, by field. */
    record Form(Map<String, String> typed, Map<String, String> errors) {}

    /**
     * @param owner the team's name; null: the organisation
     * @param next the channel that hears of what nobody acknowledged; null: none
     * @param last the newest delivery; null: none yet
     */
    record Row(
            Channel channel,
            @Nullable String owner,
            @Nullable String next,
            @Nullable Delivery last,
            boolean mayChange) {}

    /**
     * @param owners whose channels the viewer may set, by team id; "" is the organisation
     * @param others channels that one may escalate to, by id
     * @param made just now, with its key; null after the page is left
     * @param edited the channel that the form changes; null: the form makes a new one
     * @param waits a test is under way: the page looks again
     */
    record ChannelsView(
            List<Row> channels,
            Map<String, String> owners,
            Map<String, String> others,
            Form form,
            @Nullable Made made,
            @Nullable Channel edited,
            boolean waits) {}

    private final ChannelSettings settings;
    private final Channels channels;
    private final DeliveryStore deliveries;
    private final Teams teams;
    private final Access access;

    ChannelsPage(ChannelSettings settings, Channels channels, DeliveryStore deliveries, Teams teams, Access access) {
        this.settings = settings;
        this.channels = channels;
        this.deliveries = deliveries;
        this.teams = teams;
        this.access = access;
    }

    @Allow(people = People.SIGNED_IN)
    @GetMapping("/settings/channels")
    String list(Model model) {
        model.addAttribute("view", view(new Form(Map.of(), Map.of()), null, null));
        return "alerts/channels";
    }

    /** Answers the page itself, not a redirect: the key must not travel in a URL or lie in the session. */
    @Allow(people = People.LEADS)
    @PostMapping("/settings/channels")
    ModelAndView add(@RequestParam Map<String, String> typed) {
        try {
            Made made = settings.add(access.viewer(), input(typed));
            return new ModelAndView(
                    "alerts/channels", Map.of("view", view(new Form(Map.of(), Map.of()), made, null)), HttpStatus.OK);
        } catch (BadInput e) {
            Form form = new Form(typed, Map.of(e.field(), e.detail()));
            return new ModelAndView("alerts/channels", Map.of("view", view(form, null, null)), HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.LEADS)
    @GetMapping("/settings/channels/{id}")
    String edit(@PathVariable String id, Model model) {
        Channel channel = settings.own(access.viewer(), id);
        model.addAttribute("view", view(new Form(typed(channel), Map.of()), null, channel));
        return "alerts/channel";
    }

    /** Answers the page itself, as after adding: it may show a new key. */
    @Allow(people = People.LEADS)
    @PostMapping("/settings/channels/{id}")
    ModelAndView change(@PathVariable String id, @RequestParam Map<String, String> typed) {
        Channel channel = settings.own(access.viewer(), id);
        try {
            Made made = settings.change(access.viewer(), id, input(typed), typed.containsKey("newKey"));
            return new ModelAndView(
                    "alerts/channels", Map.of("view", view(new Form(Map.of(), Map.of()), made, null)), HttpStatus.OK);
        } catch (BadInput e) {
            Form form = new Form(typed, Map.of(e.field(), e.detail()));
            return new ModelAndView(
                    "alerts/channel", Map.of("view", view(form, null, channel)), HttpStatus.BAD_REQUEST);
        }
    }

    /** As its lead would have typed it; a URL stays secret. */
    private static Map<String, String> typed(Channel channel) {
        Map<String, String> typed = new LinkedHashMap<>();
        typed.put("name", channel.name());
        typed.put("kind", channel.kind().name());
        typed.put("target", channel.kind().hasUrl() ? "" : channel.shown());
        typed.put("leastSeverity", channel.leastSeverity().name());
        QuietHours quiet = channel.quiet();
        if (quiet != null) {
            typed.put("quietFrom", quiet.begin().toString());
            typed.put("quietTo", quiet.end().toString());
            typed.put("zone", quiet.zone().getId());
        }
        if (channel.criticalPasses()) {
            typed.put("criticalPasses", "on");
        }
        if (channel.escalationsOnly()) {
            typed.put("escalationsOnly", "on");
        }
        if (channel.escalateMinutes() != null && channel.escalateTo() != null) {
            typed.put("escalateMinutes", channel.escalateMinutes().toString());
            typed.put("escalateTo", channel.escalateTo());
        }
        return typed;
    }

    @Allow(people = People.LEADS)
    @PostMapping("/settings/channels/{id}/remove")
    String remove(@PathVariable String id) {
        settings.remove(access.viewer(), id);
        return "redirect:/settings/channels";
    }

    @Allow(people = People.LEADS)
    @PostMapping("/settings/channels/{id}/test")
    String test(@PathVariable String id) {
        settings.test(access.viewer(), id);
        return "redirect:/settings/channels";
    }

    private static Input input(Map<String, String> typed) {
        return new Input(
                typed.getOrDefault("owner", ""),
                typed.getOrDefault("name", ""),
                choice(ChannelKind.class, "kind", typed),
                typed.getOrDefault("target", ""),
                choice(Severity.class, "leastSeverity", typed),
                typed.getOrDefault("quietFrom", ""),
                typed.getOrDefault("quietTo", ""),
                typed.getOrDefault("zone", ""),
                typed.containsKey("criticalPasses"),
                typed.containsKey("escalationsOnly"),
                typed.getOrDefault("escalateMinutes", ""),
                typed.getOrDefault("escalateTo", ""));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String field, Map<String, String> typed) {
        try {
            return Enum.valueOf(type, typed.getOrDefault(field, ""));
        } catch (IllegalArgumentException e) {
            throw new BadInput(field, "Choose one of the values.");
        }
    }

    private ChannelsView view(Form form, @Nullable Made made, @Nullable Channel edited) {
        Viewer viewer = access.viewer();
        Map<String, String> names = new LinkedHashMap<>();
        teams.teams().forEach(team -> names.put(team.id(), team.name()));
        Set<String> shown = names.keySet().stream()
                .filter(id -> viewer.auditor() || viewer.has(TeamRole.LEAD, id))
                .collect(Collectors.toSet());
        List<Row> rows = channels.ofAll(shown, viewer.seesAll()).stream()
                .map(channel -> row(viewer, channel, names))
                .toList();
        Map<String, String> owners = new LinkedHashMap<>(names);
        owners.keySet().removeIf(id -> !viewer.has(TeamRole.LEAD, id));
        if (viewer.admin()) {
            owners.put("", "");
        }
        Map<String, String> others = new LinkedHashMap<>();
        rows.stream()
                .filter(Row::mayChange)
                .filter(row -> edited == null || isOther(row.channel(), edited))
                .forEach(row -> others.put(row.channel().id(), row.channel().name()));
        boolean waits = rows.stream()
                .map(Row::last)
                .anyMatch(last -> last != null
                        && last.event().equals("TEST")
                        && last.state().equals("WAITING"));
        return new ChannelsView(rows, owners, others, form, made, edited, waits);
    }

    private static boolean isOther(Channel channel, Channel edited) {
        return !channel.id().equals(edited.id()) && Objects.equals(channel.teamId(), edited.teamId());
    }

    private Row row(Viewer viewer, Channel channel, Map<String, String> names) {
        String teamId = channel.teamId();
        String next = channel.escalateTo();
        return new Row(
                channel,
                teamId == null ? null : names.get(teamId),
                next == null ? null : channels.find(next).map(Channel::name).orElse(null),
                deliveries.lastOf(channel.id()).orElse(null),
                teamId == null ? viewer.admin() : viewer.has(TeamRole.LEAD, teamId));
    }
}
