package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.SignInThrottle;
import io.hfeco2ai.platform.SignedIn.Reader;
import io.hfeco2ai.platform.rows.Records;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What persons choose for themselves: how pages look, their language, in which zone times are, the password. */
@Service
class Profiles {

    static final String SYSTEM = "system";
    static final String BROWSER = "browser";
    private static final Set<String> THEMES = Set.of(SYSTEM, "light", "dark");
    private static final String UTC = "UTC";
    /** Old passwords are guessed at from within a session, so from no address. */
    private static final String WITHIN = "settings";

    /** @param hasPassword false: signs in elsewhere only */
    record Profile(
            String username,
            @Nullable String displayName,
            @Nullable String email,
            @Nullable String theme,
            @Nullable String language,
            @Nullable String timeZone,
            boolean hasPassword) {

        public String name() {
            return displayName == null ? username : displayName;
        }

        /** Light or dark; null: what the person's system says. */
        @Nullable String pageTheme() {
            return SYSTEM.equals(theme) ? null : theme;
        }

        /** Null: what the person's browser asks for. */
        @Nullable Locale pageLanguage() {
            return language == null ? null : Locale.forLanguageTag(language);
        }

        public String zone() {
            return timeZone == null ? UTC : timeZone;
        }

        /** A zone that this Java no longer knows is written as UTC, and the page says so. */
        ZoneId zoneId() {
            return ZoneId.of(ZoneId.getAvailableZoneIds().contains(zone()) ? zone() : UTC);
        }
    }

    private final JdbcClient jdbc;
    private final PasswordEncoder encoder;
    private final SignInThrottle throttle;
    private final ApplicationEventPublisher events;

    Profiles(JdbcClient jdbc, PasswordEncoder encoder, SignInThrottle throttle, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.encoder = encoder;
        this.throttle = throttle;
        this.events = events;
    }

    Profile profile(String userId) {
        return jdbc.sql("SELECT username, display_name, email, theme, language, time_zone,"
                        + " password_hash IS NOT NULL AS has_password FROM app_user WHERE id = ?")
                .param(userId)
                .query(Records.of(Profile.class))
                .single();
    }

    /** Regions and cities, and UTC; abbreviations such as EST mean different things to different people. */
    static Set<String> zones() {
        Set<String> zones = new TreeSet<>(ZoneId.getAvailableZoneIds());
        zones.removeIf(zone -> !zone.contains("/") || zone.startsWith("Etc/") || zone.startsWith("SystemV/"));
        zones.add(UTC);
        return zones;
    }

    /** The languages that pages are written in, by their tags, and the one that the browser asks for. */
    static Set<String> languages() {
        Set<String> languages = new LinkedHashSet<>(List.of(BROWSER));
        Reader.LANGUAGES.forEach(language -> languages.add(language.toLanguageTag()));
        return languages;
    }

    /** @throws BadInput no such zone */
    static String zone(String typed) {
        String zone = typed.strip();
        if (!zones().contains(zone)) {
            throw new BadInput("zone", "There is no such time zone; choose one such as Europe/Berlin, or UTC.");
        }
        return zone;
    }

    @Transactional
    void show(String userId, String theme, String language, String zone) {
        setTheme(userId, theme);
        if (!languages().contains(language)) {
            throw new BadInput("language", "Pages are written in none such; it is one of " + languages() + ".");
        }
        jdbc.sql("UPDATE app_user SET language = NULLIF(?, '" + BROWSER + "'), time_zone = ? WHERE id = ?")
                .params(language, zone(zone), userId)
                .update();
    }

    void setTheme(String userId, String theme) {
        if (!THEMES.contains(theme)) {
            throw new BadInput("theme", "The theme is system, light or dark.");
        }
        jdbc.sql("UPDATE app_user SET theme = ? WHERE id = ?")
                .params(theme, userId)
                .update();
    }

    /** @throws BadInput the old password is wrong, was wrong too often, or the new one will not do */
    @Transactional
    void changePassword(String userId, String old, String password, String again) {
        String username = profile(userId).username();
        if (throttle.mustWait(username, WITHIN)) {
            throw new BadInput("old", "It was wrong too often; wait ten minutes, then try again.");
        }
        String stored = jdbc.sql("SELECT password_hash FROM app_user WHERE id = ? AND password_hash IS NOT NULL")
                .param(userId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> new BadInput("old", "You sign in elsewhere and have no password here."));
        if (!encoder.matches(old, stored)) {
            throttle.failed(username, WITHIN);
            throw new BadInput("old", "This is not your password.");
        }
        throttle.succeeded(username, WITHIN);
        Invitations.checkPassword(username, password, again);
        jdbc.sql("UPDATE app_user SET password_hash = ? WHERE id = ?")
                .params(encoder.encode(password), userId)
                .update();
        events.publishEvent(new Changed("user.password-set", "user", userId, null, Map.of("by", "person")));
    }
}
