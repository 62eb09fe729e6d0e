package io.hfeco2ai.teams;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

@Allow(people = Allow.People.EVERYBODY)
@Controller
class LoginPage {

    @GetMapping("/login")
    String login() {
        return "login";
    }
}
