package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.NotFound;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** All that is stored about a person, as one JSON document (GDPR, articles 15 and 20). Secrets and their hashes are left out. */
@Service
class PersonalExport {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Columns that hold a person's id, in whichever table. */
    private static final String COLUMNS = "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            + " JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name"
            + " WHERE c.table_schema = CURRENT_SCHEMA AND t.table_type = 'BASE TABLE' AND c.table_name <> 'mlflow_run'"
            + " AND (c.column_name IN ('user_id', 'actor_id', 'subject_id') OR c.column_name LIKE '%\\_by' ESCAPE '\\')"
            + " AND LOWER(c.data_type) IN ('character varying', 'text') ORDER BY c.table_name, c.column_name";

    private final JdbcClient jdbc;
    private final People people;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    PersonalExport(JdbcClient jdbc, People people, Clock clock, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.people = people;
        this.clock = clock;
        this.events = events;
    }

    /** @throws NotFound there is no such person */
    @Transactional
    byte[] of(String userId) {
        people.person(userId);
        Map<String, Object> tables = new LinkedHashMap<>();
        tables.put("app_user", rows("SELECT * FROM app_user WHERE id = ?", userId));
        List<List<String>> columns = jdbc.sql(COLUMNS)
                .query((row, number) -> List.of(row.getString(1), row.getString(2)))
                .list();
        for (List<String> column : columns) {
            var rows = rows("SELECT * FROM " + column.get(0) + " WHERE " + column.get(1) + " = ?", userId);
            if (!rows.isEmpty()) {
                tables.put(column.get(0) + "." + column.get(1), rows);
            }
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("person", userId);
        all.put("made_at", clock.instant().toString());
        all.put("rows", tables);
        events.publishEvent(new Changed("user.exported", "user", userId, null, Map.of()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all);
    }

    private List<Map<String, Object>> rows(String sql, String userId) {
        return jdbc.sql(sql).param(userId).query((row, number) -> content(row)).list();
    }

    private static Map<String, Object> content(ResultSet row) throws SQLException {
        Map<String, Object> content = new LinkedHashMap<>();
        ResultSetMetaData columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnLabel(i).toLowerCase(Locale.ROOT);
            String text = row.getString(i);
            if (text != null
                    && !(name.endsWith("_hash") && !name.equals("prev_hash"))
                    && !name.startsWith("sealed_")
                    && !name.equals("content")) {
                content.put(name, text);
            }
        }
        return content;
    }
}
