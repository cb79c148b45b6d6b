"""instructor: pydantic models out of a forced tool, one and many."""

import instructor
from pydantic import BaseModel


class Pet(BaseModel):
    """A pet."""

    name: str
    age: int


client = instructor.from_provider("anthropic/claude-haiku-4-5")
asked = [{"role": "user", "content": "A pet called 'Rex' of age 7"}]
pet = client.create(response_model=Pet, messages=asked, max_tokens=300)
assert isinstance(pet, Pet), pet
pets = client.create(response_model=list[Pet], messages=asked, max_tokens=300)
print(f"model {pet!r}, list of {len(pets)}")
