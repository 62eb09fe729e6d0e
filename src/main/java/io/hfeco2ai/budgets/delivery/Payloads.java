package io.hfeco2ai.budgets.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The same message in the words of each receiver. Texts of users stay texts: no markup of theirs is interpreted. */
final class Payloads {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Alertmanager forgets an alert at its end; ours last until we say so. */
    private static final Duration LONGEST_ALERT = Duration.ofDays(90);

    private Payloads() {}

    /** For mail. */
    static String text(Message message) {
        StringBuilder text = new StringBuilder(message.headline()).append("\n\n");
        if (!message.detail().isEmpty()) {
            text.append(message.detail()).append("\n\n");
        }
        message.facts()
                .forEach(fact -> text.append(fact.label())
                        .append(": ")
                        .append(fact.text())
                        .append('\n'));
        if (message.link() != null) {
            text.append("\n").append(message.link()).append('\n');
        }
        return text.toString();
    }

    /** An incoming webhook's {@code text}, in Slack's own markup. */
    static String slack(Message message) {
        StringBuilder text = new StringBuilder("*")
                .append(slackText(message.headline()).replace("*", "∗"))
                .append("*\n");
        if (!message.detail().isEmpty()) {
            text.append(slackText(message.detail())).append('\n');
        }
        message.facts()
                .forEach(fact -> text.append(fact.label())
                        .append(": ")
                        .append(slackText(fact.text()))
                        .append('\n'));
        if (message.link() != null) {
            text.append('<').append(message.link()).append("|Open>");
        }
        return JSON.writeValueAsString(Map.of("text", text.toString()));
    }

    private static String slackText(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** An adaptive card as the Teams workflow "when a webhook request is received" takes it. */
    static String teams(Message message) {
        List<Object> body = new ArrayList<>();
        body.add(richText(message.headline(), true));
        if (!message.detail().isEmpty()) {
            body.add(richText(message.detail(), false));
        }
        message.facts().forEach(fact -> body.add(richText(fact.label() + ": " + fact.text(), false)));
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard");
        card.put("version", "1.4");
        card.put("body", body);
        if (message.link() != null) {
            card.put("actions", List.of(Map.of("type", "Action.OpenUrl", "title", "Open", "url", message.link())));
        }
        Map<String, Object> attachment = new LinkedHashMap<>();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        attachment.put("contentUrl", null);
        attachment.put("content", card);
        return JSON.writeValueAsString(ordered("type", "message", "attachments", List.of(attachment)));
    }

    /** Unlike a TextBlock it interprets no Markdown. */
    private static Map<String, Object> richText(String text, boolean bold) {
        Map<String, Object> run = ordered("type", "TextRun", "text", text);
        if (bold) {
            run.put("weight", "Bolder");
        }
        return ordered("type", "RichTextBlock", "inlines", List.of(run));
    }

    /** Our own, for programs. */
    static String webhook(Message message) {
        Map<String, Object> alert = new LinkedHashMap<>();
        alert.put("id", message.alertId());
        alert.put("kind", message.kind());
        alert.put("severity", message.severity().name().toLowerCase(Locale.ROOT));
        alert.put("team", message.team());
        alert.put("title", message.title());
        alert.put("amount", message.amount());
        alert.put("detail", message.detail());
        alert.put("since", message.since().toString());
        alert.put("resolved_at", text(message.resolved()));
        alert.put("url", message.link());
        alert.put("who_can_act", message.whoCanAct());
        Map<String, Object> all = ordered("id", message.deliveryId(), "event", word(message.event()));
        all.put("alert", alert);
        return JSON.writeValueAsString(all);
    }

    /** Prometheus Alertmanager's API v2: a list of alerts, told apart by their labels. */
    static String alertmanager(Message message) {
        Map<String, Object> labels = ordered("alertname", "hfeco2ai_" + message.kind(), "alert_id", message.alertId());
        labels.put("severity", message.severity().name().toLowerCase(Locale.ROOT));
        labels.put("team", message.team() == null ? "organisation" : message.team());
        Map<String, Object> annotations = ordered("summary", message.title(), "description", message.detail());
        annotations.put("amount", message.amount());
        annotations.put("who_can_act", message.whoCanAct());
        Map<String, Object> alert = ordered("labels", labels, "annotations", annotations);
        alert.put("startsAt", message.since().toString());
        alert.put(
                "endsAt",
                message.resolved() != null
                        ? message.resolved().toString()
                        : message.since().plus(LONGEST_ALERT).toString());
        if (message.link() != null) {
            alert.put("generatorURL", message.link());
        }
        return JSON.writeValueAsString(List.of(alert));
    }

    private static String word(Event event) {
        return event.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static Map<String, Object> ordered(String key1, Object value1, String key2, Object value2) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key1, value1);
        map.put(key2, value2);
        return map;
    }
}
