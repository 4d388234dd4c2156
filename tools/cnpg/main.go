// Asks CloudNativePG's own admission code what it makes of objects. Reads a JSON list of {"old": …, "new": …} from standard input, where one
// that is created has no old, and prints a JSON list of refusals: "" where the object is accepted. The code is in internal packages of the
// operator, which Go opens only to modules below its own name.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	apiv1 "github.com/cloudnative-pg/cloudnative-pg/api/v1"
	webhook "github.com/cloudnative-pg/cloudnative-pg/internal/webhook/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

type change struct {
	Old json.RawMessage `json:"old"`
	New json.RawMessage `json:"new"`
}

func main() {
	var changes []change
	if err := json.NewDecoder(os.Stdin).Decode(&changes); err != nil {
		fmt.Fprintln(os.Stderr, "standard input:", err)
		os.Exit(2)
	}
	answers := []string{}
	for _, each := range changes {
		answer := ""
		if err := admit(each); err != nil {
			answer = err.Error()
		}
		answers = append(answers, answer)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		os.Exit(2)
	}
}

func admit(each change) error {
	var object struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(each.New, &object); err != nil {
		return err
	}
	switch object.Kind {
	case "Cluster":
		return judge[*apiv1.Cluster](each, &webhook.ClusterCustomDefaulter{}, &webhook.ClusterCustomValidator{})
	case "Pooler":
		return judge[*apiv1.Pooler](each, nil, &webhook.PoolerCustomValidator{})
	case "Database":
		return judge[*apiv1.Database](each, &webhook.DatabaseCustomDefaulter{}, &webhook.DatabaseCustomValidator{})
	case "Backup":
		return judge[*apiv1.Backup](each, &webhook.BackupCustomDefaulter{}, &webhook.BackupCustomValidator{})
	case "ScheduledBackup":
		return judge[*apiv1.ScheduledBackup](each, &webhook.ScheduledBackupCustomDefaulter{}, &webhook.ScheduledBackupCustomValidator{})
	}
	return fmt.Errorf("CloudNativePG has no webhook for kind %s", object.Kind)
}

// The server fills in defaults first, of both sides: the old one was stored with them.
func judge[T runtime.Object](each change, defaulter admission.Defaulter[T], validator admission.Validator[T]) error {
	ctx := context.Background()
	read := func(text json.RawMessage) (T, error) {
		var object T
		err := json.Unmarshal(text, &object)
		if err == nil && defaulter != nil {
			err = defaulter.Default(ctx, object)
		}
		return object, err
	}
	young, err := read(each.New)
	if err != nil {
		return err
	}
	if len(each.Old) == 0 {
		_, err = validator.ValidateCreate(ctx, young)
		return err
	}
	old, err := read(each.Old)
	if err != nil {
		return err
	}
	_, err = validator.ValidateUpdate(ctx, old, young)
	return err
}
