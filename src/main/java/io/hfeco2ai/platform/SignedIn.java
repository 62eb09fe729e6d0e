package io.hfeco2ai.platform;

import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.stereotype.Service;

/** The browsers in which persons are signed in. They live in memory, as sessions do: a restart ends them all. */
@Service
public class SignedIn {

    /**
     * Who looks at a page, for its frame and its times; a request attribute, absent where nobody is signed in.
     *
     * @param theme light or dark; null: as the person's system has it
     * @param language of the pages; null: as the person's browser asks for it
     */
    public record Reader(
            String name,
            @Nullable String theme,
            ZoneId zone,
            @Nullable Locale language) {

        /** The name of the request attribute, and of the variable in templates. */
        public static final String ATTRIBUTE = "reader";

        /** In which pages are written; the first is for browsers that ask for none of them. */
        public static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);
    }

    private final SessionRegistry sessions;

    SignedIn(SessionRegistry sessions) {
        this.sessions = sessions;
    }

    /**
     * Ends a person's sessions: their next call is asked to sign in.
     *
     * @param keptSessionId goes on; null: none does
     */
    public void end(String username, @Nullable String keptSessionId) {
        sessions.getAllPrincipals().stream()
                .filter(principal -> PageSecurity.nameOf(principal).equals(username))
                .flatMap(principal -> sessions.getAllSessions(principal, false).stream())
                .filter(session -> !session.getSessionId().equals(keptSessionId))
                .forEach(SessionInformation::expireNow);
    }
}
