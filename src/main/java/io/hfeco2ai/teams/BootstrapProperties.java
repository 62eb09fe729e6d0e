package io.hfeco2ai.teams;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the first start makes.
 *
 * @param adminPassword null: a random one, printed once
 * @param apiToken registered for the default team when given
 */
@ConfigurationProperties("hfeco2ai.bootstrap")
record BootstrapProperties(
        @Nullable String adminPassword, @Nullable String apiToken) {

    static final int SHORTEST_PASSWORD = 8;
    static final int SHORTEST_TOKEN = 20;

    BootstrapProperties {
        if (adminPassword != null && adminPassword.length() < SHORTEST_PASSWORD) {
            throw new IllegalArgumentException("hfeco2ai.bootstrap.admin-password is shorter than " + SHORTEST_PASSWORD
                    + " characters; choose a longer one, or leave it out to get a random one.");
        }
        if (apiToken != null && apiToken.length() < SHORTEST_TOKEN) {
            throw new IllegalArgumentException("hfeco2ai.bootstrap.api-token is shorter than " + SHORTEST_TOKEN
                    + " characters; make one with: openssl rand -hex 32");
        }
    }
}
