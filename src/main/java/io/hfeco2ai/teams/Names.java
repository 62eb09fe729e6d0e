package io.hfeco2ai.teams;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What persons, teams and tokens are called now, for showing; what is kept elsewhere is their id. */
@Service
public class Names {

    private final JdbcClient jdbc;

    Names(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param usernameOrId a user name in any case */
    public Optional<String> personId(String usernameOrId) {
        return jdbc.sql("SELECT id FROM app_user WHERE LOWER(username) = LOWER(?) OR id = ?")
                .params(usernameOrId, usernameOrId)
                .query(String.class)
                .optional();
    }

    /** By id; an id that is none of theirs is absent. */
    public Map<String, String> of(Collection<String> ids) {
        Map<String, String> names = new HashMap<>();
        if (!ids.isEmpty()) {
            jdbc.sql("SELECT id, COALESCE(display_name, username) FROM app_user WHERE id IN (:ids)"
                            + " UNION ALL SELECT id, name FROM team WHERE id IN (:ids)"
                            + " UNION ALL SELECT id, name FROM api_token WHERE id IN (:ids)")
                    .param("ids", ids)
                    .query(row -> {
                        names.put(row.getString(1), row.getString(2));
                    });
        }
        return names;
    }
}
