package io.hfeco2ai.teams.people;

import static java.util.Objects.requireNonNull;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.SignedIn;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.people.PersonalData.Preview;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What is stored about persons, one's own data to take away, and an admin's way to erase somebody. */
@Controller
class PersonalDataPage {

    /**
     * @param names as typed, with a semicolon between
     * @param preview null: a name cannot be looked for
     */
    record EraseView(
            People.Person person, String names, @Nullable Preview preview, boolean erased, Form form) {}

    private final PersonalData data;
    private final PersonalExport export;
    private final People people;
    private final Access access;
    private final SignedIn signedIn;

    PersonalDataPage(PersonalData data, PersonalExport export, People people, Access access, SignedIn signedIn) {
        this.data = data;
        this.export = export;
        this.people = people;
        this.access = access;
        this.signedIn = signedIn;
    }

    @Allow(people = Allow.People.SIGNED_IN)
    @GetMapping("/settings/privacy")
    String privacy() {
        return "teams/privacy";
    }

    @Allow(people = Allow.People.SIGNED_IN)
    @GetMapping("/settings/me/export")
    ResponseEntity<byte[]> mine() {
        return file(requireNonNull(access.viewer().userId(), "only persons come here"));
    }

    @Allow(people = Allow.People.ADMINS)
    @GetMapping("/settings/people/{id}/export")
    ResponseEntity<byte[]> theirs(@PathVariable String id) {
        return file(id);
    }

    private ResponseEntity<byte[]> file(String userId) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"person-" + userId + ".json\"")
                .body(export.of(userId));
    }

    /** @param names with a semicolon between; null: what is known of the person */
    @Allow(people = Allow.People.ADMINS)
    @GetMapping("/settings/people/{id}/erase")
    ModelAndView look(@PathVariable String id, @RequestParam(required = false) @Nullable String names) {
        String looked = names == null ? String.join("; ", data.known(people.person(id))) : names;
        return page(id, looked, Form.EMPTY, HttpStatus.OK);
    }

    @Allow(people = Allow.People.ADMINS)
    @PostMapping("/settings/people/{id}/erase")
    ModelAndView erase(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String names,
            @RequestParam(defaultValue = "") String confirm) {
        try {
            if (!confirm.strip().equals(people.person(id).username())) {
                throw new BadInput("confirm", "Type the person's user name; an erasure cannot be taken back.");
            }
            signedIn.end(data.erase(id, split(names)), null);
            return new ModelAndView("redirect:/settings/people/" + id + "/erase?names=");
        } catch (BadInput e) {
            return page(id, names, Form.refused(e, Map.of("confirm", confirm)), HttpStatus.BAD_REQUEST);
        } catch (Conflict e) {
            return page(id, names, new Form(Map.of(), Map.of("conflict", e.detail())), HttpStatus.CONFLICT);
        }
    }

    private ModelAndView page(String id, String names, Form form, HttpStatus status) {
        People.Person person = people.person(id);
        try {
            Preview preview = data.preview(id, split(names));
            return view(new EraseView(person, names, preview, data.isErased(person), form), status);
        } catch (BadInput e) {
            Form refused = Form.refused(e, Map.of());
            return view(new EraseView(person, names, null, data.isErased(person), refused), HttpStatus.BAD_REQUEST);
        }
    }

    private static ModelAndView view(EraseView view, HttpStatus status) {
        return new ModelAndView("teams/erase", Map.of("view", view), status);
    }

    private static List<String> split(String names) {
        return Arrays.stream(names.split(";"))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
