package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.platform.ErrorFormat;
import io.hfeco2ai.platform.Problem;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.TokenSignIn;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import tools.jackson.databind.json.JsonMapper;

/** The chain of CodeCarbon's calls: no session, a key with each call, errors as {@code {"detail": …}}. */
@Configuration(proxyBeanMethods = false)
class CodeCarbonSecurity {

    private static final int BEFORE_THE_PAGES = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Bean
    @Order(BEFORE_THE_PAGES)
    SecurityFilterChain codeCarbon(HttpSecurity http, Teams teams) throws Exception {
        TokenSignIn signIn =
                new TokenSignIn(teams, request -> ApiKey.of(request).map(ApiKey::token));
        return signIn.into(http.securityMatcher(request -> isOurs(request.getServletPath())))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, cause) -> write(response, Problem.of(401, ApiKey.refusal(request))))
                        .accessDeniedHandler((request, response, denied) ->
                                write(response, Problem.of(403, "This API key may not do that."))))
                .build();
    }

    private static boolean isOurs(String path) {
        return path.equals("/codecarbon") || path.startsWith("/codecarbon/");
    }

    /** As CodeCarbon's own server says it; {@code field} is ours. */
    private static void write(HttpServletResponse response, Problem problem) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("detail", problem.detail());
        if (problem.field() != null) {
            members.put("field", problem.field());
        }
        byte[] body = JSON.writeValueAsString(members).getBytes(StandardCharsets.UTF_8);
        response.setStatus(problem.status());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    @Bean
    ErrorFormat codeCarbonErrors() {
        return new ErrorFormat() {
            @Override
            public boolean speaksFor(String path) {
                return isOurs(path);
            }

            @Override
            public void write(HttpServletResponse response, Problem problem) throws IOException {
                CodeCarbonSecurity.write(response, problem);
            }
        };
    }
}
