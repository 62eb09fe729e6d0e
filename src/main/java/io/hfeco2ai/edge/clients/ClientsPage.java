package io.hfeco2ai.edge.clients;

import io.hfeco2ai.edge.clients.Downloads.Download;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Lists what can be fetched, with the line that installs it, and hands the files out. */
@Allow(people = People.EVERYBODY)
@Controller
class ClientsPage {

    /** @param pip the command; null when the build made no wheel */
    record ClientsView(String server, @Nullable String pip, List<Download> downloads) {}

    private final Downloads downloads;

    ClientsPage(Downloads downloads) {
        this.downloads = downloads;
    }

    @GetMapping({"/clients", "/clients/"})
    String list(Model model) {
        String server =
                ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString();
        List<Download> all = downloads.all();
        String pip = all.stream()
                .filter(Download::wheel)
                .map(wheel -> "pip install " + server + "/clients/" + wheel.name())
                .findFirst()
                .orElse(null);
        model.addAttribute("view", new ClientsView(server, pip, all));
        return "clients/clients";
    }

    @GetMapping("/clients/{name:.+}")
    ResponseEntity<Resource> file(@PathVariable String name) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(downloads.file(name));
    }
}
