package io.hfeco2ai.budgets.delivery;

import java.util.Map;
import java.util.TreeMap;

/** What the audit trail says of a changed channel: no e-mail address, and of a URL no more than its host. */
final class ChannelChange {

    private ChannelChange() {}

    static Map<String, String> details(Channel before, Channel after, boolean newKey) {
        Map<String, String> details = new TreeMap<>();
        Map<String, String> is = said(after);
        said(before).forEach((what, was) -> {
            if (!was.equals(is.get(what))) {
                details.put(what + "_before", was);
                details.put(what + "_after", is.getOrDefault(what, ""));
            }
        });
        if (before.sealedUrl() == null
                ? !before.shown().equals(after.shown())
                : !before.sealedUrl().equals(after.sealedUrl())) {
            details.put("target", "replaced");
        }
        if (newKey) {
            details.put("key", "replaced");
        }
        details.put("kind", after.kind().name());
        return details;
    }

    private static Map<String, String> said(Channel channel) {
        QuietHours quiet = channel.quiet();
        return Map.of(
                "name", channel.name(),
                "kind", channel.kind().name(),
                "told_to",
                        channel.kind().hasUrl()
                                ? channel.shown()
                                : channel.shown().split(", ").length + " address(es)",
                "least_severity", channel.leastSeverity().name(),
                "quiet", quiet == null ? "never" : quiet.begin() + " to " + quiet.end() + " " + quiet.zone(),
                "critical_passes", String.valueOf(channel.criticalPasses()),
                "escalations_only", String.valueOf(channel.escalationsOnly()),
                "escalate_minutes",
                        channel.escalateMinutes() == null
                                ? "never"
                                : channel.escalateMinutes().toString(),
                "escalate_to", channel.escalateTo() == null ? "nobody" : channel.escalateTo());
    }
}
