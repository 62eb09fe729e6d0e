package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.platform.NotFound;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keeps the channels of the teams and of the organisation. */
@Repository
class Channels {

    private static final String SELECT =
            "SELECT id, team_id, name, kind, shown, sealed_url, sealed_key, least_severity,"
                    + " quiet_zone, quiet_from_minute, quiet_to_minute, critical_passes, escalations_only, escalate_minutes,"
                    + " escalate_to FROM alert_channel WHERE removed_ms IS NULL ";

    private final JdbcClient jdbc;
    private final Clock clock;

    Channels(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    Optional<Channel> find(String id) {
        return jdbc.sql(SELECT + "AND id = ?")
                .param(id)
                .query(Channels::channel)
                .optional();
    }

    Channel get(String id) {
        return find(id).orElseThrow(() -> new NotFound("channel " + id));
    }

    /** Those of one team; null: the organisation's. */
    List<Channel> of(@Nullable String teamId) {
        return jdbc.sql(SELECT + "AND (team_id = :team OR (team_id IS NULL AND :team IS NULL)) ORDER BY name, id")
                .param("team", teamId, Types.VARCHAR)
                .query(Channels::channel)
                .list();
    }

    /** Of these teams and, where asked, of the organisation. */
    List<Channel> ofAll(Set<String> teamIds, boolean organisation) {
        return jdbc.sql(SELECT + "ORDER BY name, id").query(Channels::channel).list().stream()
                .filter(channel -> channel.teamId() == null ? organisation : teamIds.contains(channel.teamId()))
                .toList();
    }

    void add(Channel channel) {
        with(
                        channel,
                        "INSERT INTO alert_channel (id, team_id, name, kind, shown, sealed_url, sealed_key, least_severity,"
                                + " quiet_zone, quiet_from_minute, quiet_to_minute, critical_passes, escalations_only,"
                                + " escalate_minutes, escalate_to, created_ms)"
                                + " VALUES (:id, :team, :name, :kind, :shown, :url, :key, :severity, :zone, :from, :to,"
                                + " :passes, :only, :minutes, :next, :now)")
                .param("team", channel.teamId(), Types.VARCHAR)
                .param("now", clock.millis())
                .update();
    }

    /** What waits to be told goes where the channel leads now. */
    void change(Channel channel) {
        with(
                        channel,
                        "UPDATE alert_channel SET name = :name, kind = :kind, shown = :shown, sealed_url = :url,"
                                + " sealed_key = :key, least_severity = :severity, quiet_zone = :zone,"
                                + " quiet_from_minute = :from, quiet_to_minute = :to, critical_passes = :passes,"
                                + " escalations_only = :only, escalate_minutes = :minutes, escalate_to = :next WHERE id = :id")
                .update();
    }

    private JdbcClient.StatementSpec with(Channel channel, String sql) {
        QuietHours quiet = channel.quiet();
        return jdbc.sql(sql)
                .param("id", channel.id())
                .param("name", channel.name())
                .param("kind", channel.kind().name())
                .param("shown", channel.shown())
                .param("url", channel.sealedUrl(), Types.VARCHAR)
                .param("key", channel.sealedKey(), Types.VARCHAR)
                .param("severity", channel.leastSeverity().name())
                .param("zone", quiet == null ? null : quiet.zone().getId(), Types.VARCHAR)
                .param("from", quiet == null ? null : quiet.fromMinute(), Types.INTEGER)
                .param("to", quiet == null ? null : quiet.toMinute(), Types.INTEGER)
                .param("passes", channel.criticalPasses())
                .param("only", channel.escalationsOnly())
                .param("minutes", channel.escalateMinutes(), Types.INTEGER)
                .param("next", channel.escalateTo(), Types.VARCHAR);
    }

    /** Nothing is told there any more, and nothing is escalated to it; what was told stays in the history. */
    void remove(String id) {
        jdbc.sql("UPDATE alert_channel SET removed_ms = ?, sealed_url = NULL, sealed_key = NULL WHERE id = ?")
                .params(clock.millis(), id)
                .update();
        jdbc.sql("UPDATE alert_channel SET escalate_minutes = NULL, escalate_to = NULL WHERE escalate_to = ?")
                .param(id)
                .update();
        jdbc.sql("UPDATE alert_delivery SET state = 'FAILED', ended_ms = ? WHERE channel_id = ? AND state = 'WAITING'")
                .params(clock.millis(), id)
                .update();
    }

    private static Channel channel(ResultSet row, int number) throws SQLException {
        String zone = row.getString("quiet_zone");
        return new Channel(
                row.getString("id"),
                row.getString("team_id"),
                row.getString("name"),
                ChannelKind.valueOf(row.getString("kind")),
                row.getString("shown"),
                row.getString("sealed_url"),
                row.getString("sealed_key"),
                Severity.valueOf(row.getString("least_severity")),
                zone == null
                        ? null
                        : new QuietHours(
                                ZoneId.of(zone), row.getInt("quiet_from_minute"), row.getInt("quiet_to_minute")),
                row.getBoolean("critical_passes"),
                row.getBoolean("escalations_only"),
                row.getObject("escalate_minutes", Integer.class),
                row.getString("escalate_to"));
    }
}
