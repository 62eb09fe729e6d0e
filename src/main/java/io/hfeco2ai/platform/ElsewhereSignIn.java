package io.hfeco2ai.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.stereotype.Component;

/** Signing in at an OpenID Connect provider, where whoever runs the server has set one up. */
@Component
class ElsewhereSignIn implements AuthenticationFailureHandler {

    /** The reasons that the page has words for; everything else is "failed". */
    private static final Set<String> TOLD = Set.of("unknown", "disabled", "issuer", "access_denied");

    /** No, or another browser's, state; a provider that is not set up. */
    private static final Set<String> UNASKED =
            Set.of("authorization_request_not_found", "invalid_request", "client_registration_not_found");

    private final ObjectProvider<ClientRegistrationRepository> providers;
    private final SignInThrottle throttle;
    private final ApplicationEventPublisher events;

    ElsewhereSignIn(
            ObjectProvider<ClientRegistrationRepository> providers,
            SignInThrottle throttle,
            ApplicationEventPublisher events) {
        this.providers = providers;
        this.throttle = throttle;
        this.events = events;
    }

    void addTo(HttpSecurity http, AuthenticationSuccessHandler succeeded) throws Exception {
        if (providers.getIfAvailable() != null) {
            http.oauth2Login(
                    login -> login.loginPage("/login").successHandler(succeeded).failureHandler(this));
        }
    }

    /**
     * What is refused before the provider is asked is told to the audit trail here; the rest tells of itself. Whoever keeps
     * failing is no longer noted: made-up answers must not fill the trail.
     */
    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        String code = failure instanceof OAuth2AuthenticationException told
                ? told.getError().getErrorCode()
                : "";
        String address = request.getRemoteAddr();
        if (UNASKED.contains(code) && !throttle.mustWait("", address)) {
            throttle.failed("", address);
            events.publishEvent(new AuthenticationFailureBadCredentialsEvent(
                    UsernamePasswordAuthenticationToken.unauthenticated("", ""), failure));
        }
        response.sendRedirect(request.getContextPath() + "/login?elsewhere=" + (TOLD.contains(code) ? code : "failed"));
    }
}
