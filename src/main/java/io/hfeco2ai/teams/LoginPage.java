package io.hfeco2ai.teams;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

@Allow(people = Allow.People.EVERYBODY)
@Controller
class LoginPage {

    /** An OpenID Connect provider that whoever runs the server has set up. */
    record Elsewhere(String id, String name) {}

    private final List<Elsewhere> elsewhere = new ArrayList<>();

    LoginPage(ObjectProvider<ClientRegistrationRepository> providers) {
        if (providers.getIfAvailable() instanceof Iterable<?> registrations) {
            for (Object each : registrations) {
                if (each instanceof ClientRegistration registration) {
                    elsewhere.add(new Elsewhere(registration.getRegistrationId(), registration.getClientName()));
                }
            }
        }
    }

    @GetMapping("/login")
    String login(Model model) {
        model.addAttribute("elsewhere", elsewhere);
        return "login";
    }
}
